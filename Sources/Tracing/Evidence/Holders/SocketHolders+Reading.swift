import Glibc

// What one process has open.
extension SocketHolders {
  /// What a process has open; nil where we may not look, it is gone, or it has more than `limit`.
  static func holding(of pid: Int32, ringCount: UInt64, limit: Int) -> Holding? {
    var holding = Holding()
    holding.clock = ProcessClock.read(pid)
    holding.ringCount = ringCount
    guard read("/proc/\(pid)", into: &holding, limit) else { return nil }
    // Gone before the descriptors are (`do_exit`), and the kernel's own threads have none.
    guard ProcFile.executable(ofProcess: pid) == nil else { return holding }
    // The first thread may have ended before the others.
    let threads = ProcFile.threads(ofProcess: pid)
    for thread in threads where threads.count > 1 && holding.count == 0 {
      _ = read("/proc/\(pid)/task/\(thread)", into: &holding, limit)
    }
    holding.isEnding = threads.count < 2 || holding.count == 0
    return holding
  }

  private static func read(
    _ process: String, into holding: inout Holding, _ limit: Int
  ) -> Bool {
    guard let folder = unsafe opendir("\(process)/fd") else { return false }
    defer { _ = unsafe closedir(folder) }
    let place = unsafe dirfd(folder)
    return unsafe withUnsafeTemporaryAllocation(byteCount: linkSize, alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return false }
      while let entry = unsafe readdir(folder) {
        let length = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
            unsafe readlinkat(place, $0, base.assumingMemoryBound(to: CChar.self), buffer.count)
          }
        }
        // Not a link: the folder itself, and the one above. Or we may not know where it points.
        guard length > 0 else {
          if errno == EACCES { holding.isHidden = true }
          continue
        }
        holding.count += 1
        guard holding.count <= limit else { return false }
        let link = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<length])
        if let inode = unsafe socketInode(link) {
          holding.sockets.insert(inode)
        } else if unsafe link.elementsEqual(ringName) {
          holding.hasRing = true
          let number = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
          }
          readRing("\(process)/fdinfo/\(number)", into: &holding)
        }
      }
      return true
    }
  }

  /// The files that are registered with an io_uring are open without a descriptor.
  private static func readRing(_ path: String, into holding: inout Holding) {
    guard let text = ProcFile.text(path), text.contains("UserFiles:") else {
      holding.isOpaque = true
      return
    }
    // `    0: socket:[4711]`
    for line in text.split(separator: "\n") {
      guard let name = line.split(separator: " ").last, name.hasPrefix("socket:["),
        let inode = UInt64(name.dropFirst(8).dropLast())
      else { continue }
      holding.sockets.insert(inode)
    }
  }

  /// Room for the names of sockets and rings; others are cut off.
  private static let linkSize = 64
  private static let socketName = Array("socket:[".utf8)
  private static let ringName = Array("anon_inode:[io_uring]".utf8)

  /// Of `socket:[4711]`.
  private static func socketInode(_ link: UnsafeRawBufferPointer) -> UInt64? {
    guard unsafe link.starts(with: socketName), unsafe link.last == UInt8(ascii: "]") else {
      return nil
    }
    let digits = unsafe link[socketName.count..<(link.count - 1)]
    return unsafe UInt64(String(decoding: digits, as: UTF8.self))
  }
}
