#include "storage/spool_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "storage/file_descriptor.hpp"
#include "storage/local_file.hpp"
#include "storage/remote.hpp"

namespace pgark::storage {
namespace {

tl::unexpected<Error> spool_fail(int errno_value, std::string_view action, const std::string& name) {
  Error error = errno_error(errno_value, action, name);
  if (error.hint.empty()) error.hint = "set TMPDIR to a folder with enough room, or back up into an archive";
  return tl::unexpected<Error>(std::move(error));
}

class SpoolSink final : public format::Sink {
 public:
  SpoolSink(std::string name, FileDescriptor file) : name_(std::move(name)), file_(std::move(file)) {}

  Result<> write_at(std::uint64_t offset, ByteSpan data) override {
    const int failed = write_all_at(file_.get(), offset, data);
    return failed == 0 ? Result<>{} : spool_fail(failed, "cannot write", name_);
  }
  Result<> commit() override { return {}; }
  void discard() override {}
  std::string name() const override { return name_; }

 private:
  const std::string name_;
  const FileDescriptor file_;
};

}  // namespace

Result<Spool> create_spool(const std::string& folder) {
  const std::string name = "spool file in " + folder;
  std::string path = folder + "/pgark-spool-XXXXXX";
  FileDescriptor file(::mkostemp(path.data(), O_CLOEXEC));  // mode 0600
  if (!file) return spool_fail(errno, "cannot create", name);
  if (::unlink(path.c_str()) != 0) return spool_fail(errno, "cannot unlink", path);
  FileDescriptor other_end(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
  if (!other_end) return spool_fail(errno, "cannot open", name);
  return Spool{std::make_unique<SpoolSink>(name, std::move(file)),
               LocalFileSource::adopt(name, std::move(other_end))};
}

std::string spool_folder(const std::string& path, const char* tmpdir) {
  if (path == "-" || is_remote(path)) return tmpdir != nullptr && *tmpdir != '\0' ? tmpdir : "/var/tmp";
  return folder_of(path);
}

}  // namespace pgark::storage
