import Glibc

/// The sockets that processes have open (proc_pid_fd(5)).
package enum OpenSockets {
  /// Whether one of the processes has a socket, in the descriptor table of any of its threads; nil
  /// where that cannot be read, or takes too long.
  package static func contain(inode: UInt64, processes: [Int32]) -> Bool? {
    let wanted = "socket:[\(inode)]"
    var looked = 0
    for pid in processes {
      guard let threads = names(in: "/proc/\(pid)/task") else { return nil }
      // Most threads share one table, and the first look finds what is there.
      for thread in threads {
        let folder = "/proc/\(pid)/task/\(thread)/fd"
        guard let numbers = names(in: folder) else { return nil }
        looked += numbers.count
        guard looked <= maximumLooks else { return nil }
        if numbers.contains(where: { ProcFile.link("\(folder)/\($0)") == wanted }) { return true }
      }
    }
    return false
  }

  /// So many descriptors are looked at; each costs a system call.
  private static let maximumLooks = 4096

  /// The entries of a folder; nil where it cannot be read.
  static func names(in folder: String) -> [String]? {
    guard let directory = unsafe opendir(folder) else { return nil }
    defer { _ = unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
