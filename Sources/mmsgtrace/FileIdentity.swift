import Glibc

/// Which file a path leads to, by whatever name, also where there is none yet.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let inode: ino_t
  /// Of a file that is still to be made in the folder that the numbers stand for.
  private let name: String?

  /// Nil for what many may write into (pipes, devices), and for what cannot be found.
  init?(_ path: String) {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      self.init(status, name: nil)
      return
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { path[...$0] } ?? "."
    guard unsafe stat(String(folder), &status) == 0 else { return nil }
    let name = path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]
    self.init(status, name: String(name))
  }

  /// Of what one of our own streams leads to.
  init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    self.init(status, name: nil)
  }

  private init(_ status: stat, name: String?) {
    (device, inode) = (status.st_dev, status.st_ino)
    self.name = name
  }
}
