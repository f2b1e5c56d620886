package import Glibc

/// A folder for one test, gone with the last reference to it, with all that is in it.
package final class TemporaryFolder {
  package let path: String
  private var made: [String] = []

  package struct Failure: Error {
    package var errno: Int32
  }

  /// Makes it, with files of these names and contents.
  package init(_ files: [String: String] = [:]) throws(Failure) {
    var template = Array("/tmp/mmsgtrace-units.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Failure(errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files { try makeFile(name, mode: 0o600, text: text) }
  }

  deinit {
    for inner in made.reversed() { _ = unsafe remove(inner) }
    for name in names { _ = unsafe remove(self.path(of: name)) }
    _ = unsafe remove(path)
  }

  package func path(of name: String) -> String { "\(path)/\(name)" }

  /// A file with this mode, whatever the umask.
  package func makeFile(_ name: String, mode: mode_t, text: String = "") throws(Failure) {
    let descriptor = unsafe creat(note(name), mode)
    try check(descriptor)
    try check(fchmod(descriptor, mode))
    let bytes = Array(text.utf8)
    try check(Int32(clamping: unsafe write(descriptor, bytes, bytes.count)))
    try check(close(descriptor))
  }

  package func makeFolder(_ name: String) throws(Failure) {
    try check(unsafe mkdir(note(name), 0o700))
  }

  package func makeLink(_ name: String, to target: String) throws(Failure) {
    try check(unsafe symlink(target, note(name)))
  }

  /// What is in it now, by name: nil for what is no file.
  package var contents: [String: String?] {
    names.reduce(into: [:]) { all, name in all[name] = .some(text(of: name)) }
  }

  private var names: [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private func text(of name: String) -> String? {
    let descriptor = unsafe open(path(of: name), O_RDONLY)
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private func note(_ name: String) -> String {
    made.append(path(of: name))
    return path(of: name)
  }

  private func check(_ result: Int32) throws(Failure) {
    if result < 0 { throw Failure(errno: errno) }
  }
}
