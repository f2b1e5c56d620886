import CTracee
import Glibc
import Records

/// Seizes all threads of a running process.
enum Attachment {
  enum Result {
    /// The threads that are traced now, each with an interrupt on its way.
    case attached([Int32])
    case refused(AttachRefusal)
  }

  /// Makes a running thread stop.
  static func interrupt(_ tid: Int32) { _ = tracee_interrupt(tid) }

  /// Another thread's execve makes it the first thread: whoever waited in the kernel for that to
  /// be over holds the former first thread, which is dead, and gets EPERM.
  private static func seize(thread tid: Int32) -> Int32 {
    var result: Int32 = 0
    for _ in 0..<3 {
      result = tracee_seize(tid, false)
      if result != -EPERM { break }
    }
    return result
  }

  /// Passes over /proc/PID/task until two in a row find nothing new. A thread that a seized one
  /// makes is traced from its start; one that another makes is found by a later pass.
  static func seize(_ pid: Int32) -> Result {
    _ = tracee_begin_seizing()
    defer { _ = tracee_end_seizing() }
    var seized: Set<Int32> = []
    var refusal: AttachRefusal?
    var quietPasses = 0
    while quietPasses < 2 {
      let threads = ProcFile.threads(ofProcess: pid)
      let before = seized.count
      var hasVanished = false
      for tid in threads where !seized.contains(tid) {
        let result = seize(thread: tid)
        if result == 0 {
          interrupt(tid)
          seized.insert(tid)
        } else if result == -Errno.noProcess.rawValue || ProcFile.hasEnded(tid) {
          // A first thread that has ended stays listed until the last has (pthread_exit in main).
          hasVanished = hasVanished || tid != pid
        } else if ProcFile.field("TracerPid", of: "/proc/\(tid)/status") == String(tracee_own_tid())
        {
          // Made by a thread that is seized already, and with it traced.
        } else {
          refusal = refusal ?? AttachRefusal.examine(tid, errno: Errno(rawValue: -result))
        }
      }
      if refusal != nil, seized.isEmpty { break }
      // Where one ended before we had any, it may have made another.
      let isQuiet = seized.count == before && !(hasVanished && seized.isEmpty)
      quietPasses = isQuiet ? quietPasses + 1 : 0
    }
    if seized.isEmpty { return .refused(refusal ?? AttachRefusal.examine(pid, errno: nil)) }
    return .attached(seized.sorted())
  }
}
