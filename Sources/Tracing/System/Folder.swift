import Glibc

/// What is in a folder.
enum Folder {
  /// The names in it, without those that begin with a point; nil where it cannot be read.
  static func names(in path: String) -> [String]? { unsafe names(of: opendir(path)) }

  /// The same of a folder below an open one.
  static func names(in path: String, below folder: Int32) -> [String]? {
    let opened = unsafe openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    return opened < 0 ? nil : unsafe names(of: fdopendir(opened))
  }

  private static func names(of opened: OpaquePointer?) -> [String]? {
    guard let opened = unsafe opened else { return nil }
    defer { _ = unsafe closedir(opened) }
    var names: [String] = []
    while let entry = unsafe readdir(opened) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
