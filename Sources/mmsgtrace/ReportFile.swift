import Glibc
import Output

/// A report of a check: opened before anything runs, so that a failure shows early, and written
/// once, when all is known.
final class ReportFile {
  typealias Form = (PolicyReport, inout ByteBuffer) -> Void

  private let path: String
  private let fd: Int32
  /// True where we made the file.
  private let created: Bool
  private let form: Form

  init(_ path: String, _ form: @escaping Form) throws(Failure) {
    self.path = path
    self.form = form
    let new = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    created = new != -1
    fd = created ? new : unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard fd != -1 else {
      throw Failure(
        text: "\(path): \(Diagnostics.text(ofErrno: errno))", status: Failure.Status.ours)
    }
  }

  deinit { _ = close(fd) }

  /// Nothing was checked: a file that was made for it goes, others stay as they are.
  func discard() {
    if created { _ = unsafe unlink(path) }
  }

  /// Replaces what the file held; false, and a word to the user, where that fails.
  func write(_ report: PolicyReport) -> Bool {
    var buffer = ByteBuffer()
    form(report, &buffer)
    // Pipes and devices have nothing to empty.
    _ = ftruncate(fd, 0)
    guard let errno = WholeWrite.write(buffer.bytes.span, to: fd).errno else { return true }
    Diagnostics.say("\(path): \(Diagnostics.text(ofErrno: errno)): the report is not whole")
    return false
  }
}
