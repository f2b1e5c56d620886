import Glibc

/// The sockets that processes have open (proc_pid_fd(5)).
package enum OpenSockets {
  /// Whether one of the processes has a socket, in the descriptor table of any of its threads; nil
  /// where that cannot be read, or takes too long.
  package static func contain(inode: UInt64, processes: [Int32]) -> Bool? {
    let wanted = "socket:[\(inode)]"
    var looked = 0
    for pid in processes {
      guard let threads = Folder.names(in: "/proc/\(pid)/task") else { return nil }
      // Most threads share one table, and the first look finds what is there.
      for thread in threads {
        let folder = "/proc/\(pid)/task/\(thread)/fd"
        guard let numbers = Folder.names(in: folder) else { return nil }
        looked += numbers.count
        guard looked <= maximumLooks else { return nil }
        if numbers.contains(where: { ProcFile.link("\(folder)/\($0)") == wanted }) { return true }
      }
    }
    return false
  }

  /// So many descriptors are looked at; each costs a system call.
  private static let maximumLooks = 4096
}
