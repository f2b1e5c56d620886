import Glibc

/// Processes that keep pages of theirs back until a thread of theirs, or another process, provides
/// them (userfaultfd(2)).
enum Userfault {
  /// Whether a process that runs already has a userfaultfd.
  ///
  /// It may have handed the only descriptor to another process, which its mappings would still tell
  /// (proc_pid_smaps(5)); they cost much to read of a large process. Where that other one is not
  /// traced, nothing keeps it from providing a page that we wait for.
  static func mayKeepBackPages(of pid: Int32) -> Bool {
    // The kernel has it in this case alone.
    guard unsafe access("/proc/sys/vm/unprivileged_userfaultfd", F_OK) == 0 else { return false }
    let folder = "/proc/\(pid)/fd"
    return Folder.names(in: folder)?.contains {
      ProcFile.link("\(folder)/\($0)") == "anon_inode:[userfaultfd]"
    } ?? false
  }
}
