import Glibc

/// A folder for one test, gone with the last reference to it, with all that was made in it.
final class TemporaryFolder {
  let path: String
  private var made: [String] = []

  struct Failure: Error {
    var errno: Int32
  }

  init() throws(Failure) {
    var template = Array("/tmp/mmsgtrace-units.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Failure(errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for inner in made.reversed() { _ = unsafe remove(inner) }
    _ = unsafe remove(path)
  }

  /// An empty file with this mode, whatever the umask.
  func makeFile(_ name: String, mode: mode_t) throws(Failure) {
    let descriptor = unsafe creat(note(name), mode)
    try check(descriptor)
    try check(fchmod(descriptor, mode))
    try check(close(descriptor))
  }

  func makeFolder(_ name: String) throws(Failure) { try check(unsafe mkdir(note(name), 0o700)) }

  func makeLink(_ name: String, to target: String) throws(Failure) {
    try check(unsafe symlink(target, note(name)))
  }

  private func note(_ name: String) -> String {
    made.append("\(path)/\(name)")
    return "\(path)/\(name)"
  }

  private func check(_ result: Int32) throws(Failure) {
    if result < 0 { throw Failure(errno: errno) }
  }
}
