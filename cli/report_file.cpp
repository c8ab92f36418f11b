#include "cli/report_file.hpp"

#include <span>
#include <utility>

#include "cli/report/html.hpp"
#include "cli/report/markdown.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {
namespace {

bool wants_markdown(const std::string& path, const std::string& format) {
  if (!format.empty()) return format.front() == 'm';
  return path.ends_with(".md") || path.ends_with(".markdown");
}

}  // namespace

ReportFile::ReportFile(std::string path, const std::string& format, storage::FileChoice choice)
    : path_(std::move(path)),
      is_markdown_(wants_markdown(path_, format)),
      sink_(value_or_throw(storage::create_text_file(path_, choice))) {}

std::size_t ReportFile::write(const report::Document& document) {
  const std::string page = is_markdown_ ? report::markdown(document) : report::html_page(document);
  value_or_throw(sink_->write_at(0, std::as_bytes(std::span(page))));
  value_or_throw(sink_->commit());
  return page.size();
}

}  // namespace pgark::cli
