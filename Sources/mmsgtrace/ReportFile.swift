import Glibc
import Output

/// A report of a check: its place is made sure of before anything runs, so that a failure shows
/// early, and it is written once, when all is known.
final class ReportFile {
  typealias Form = (PolicyReport, inout ByteBuffer) -> Void

  private let path: String
  private let file: Place
  private let form: Form

  private enum Place {
    case staged(StagedFile)
    /// Written into: a pipe, a device, a file that nothing can replace.
    case open(Int32)
  }

  init(_ path: String, _ form: @escaping Form) throws(Failure) {
    self.path = path
    self.form = form
    if let staged = StagedFile(path, mode: 0o666) {
      file = .staged(staged)
      return
    }
    let fd = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard fd != -1 else {
      throw Failure(
        text: "\(path): \(Diagnostics.text(ofErrno: errno))", status: Failure.Status.ours)
    }
    file = .open(fd)
  }

  deinit {
    if case .open(let fd) = file { _ = close(fd) }
  }

  /// Takes away what an earlier run has left there: nobody is to take it for a report of this one,
  /// whatever ends it.
  func removeOld() {
    switch file {
    case .staged(let staged): staged.removeReplaced()
    case .open(let fd): _ = ftruncate(fd, 0)
    }
  }

  /// Replaces what the file held; false, and a word to the user, where that fails.
  func write(_ report: PolicyReport) -> Bool {
    var buffer = ByteBuffer()
    form(report, &buffer)
    guard let errno = write(buffer) else { return true }
    Diagnostics.say("\(path): \(Diagnostics.text(ofErrno: errno)): the report is not written")
    return false
  }

  /// The errno of what hindered it.
  private func write(_ buffer: ByteBuffer) -> Int32? {
    switch file {
    case .staged(let staged):
      return WholeWrite.write(buffer.bytes.span, to: staged.fd).errno ?? staged.takePlace()
    case .open(let fd):
      // Pipes and devices have nothing to empty.
      _ = ftruncate(fd, 0)
      return WholeWrite.write(buffer.bytes.span, to: fd).errno
    }
  }
}
