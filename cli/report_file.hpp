// A report on its way into a file, object storage or standard output.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "cli/report/document.hpp"
#include "format/io.hpp"
#include "storage/local_file.hpp"

namespace pgark::cli {

class ReportFile {
 public:
  // Begins it: what stands in the way is told before the work that is reported on. `format`: "html",
  // "markdown" or empty: by the ending of `path`. Throws Exception.
  ReportFile(std::string path, const std::string& format, storage::FileChoice choice);

  bool is_markdown() const { return is_markdown_; }
  const std::string& path() const { return path_; }
  // Once: it gets its name when it is whole. Returns its bytes. Throws Exception.
  std::size_t write(const report::Document& document);

 private:
  const std::string path_;
  const bool is_markdown_;
  std::unique_ptr<format::Sink> sink_;
};

}  // namespace pgark::cli
