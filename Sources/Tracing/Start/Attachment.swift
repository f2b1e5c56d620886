import CTracee
import Glibc
import Records

/// Seizes all threads of a running process.
enum Attachment {
  /// Nanoseconds for which an execve of the process may keep us waiting.
  private static let patience: UInt64 = 5_000_000_000
  /// Nanoseconds for which a thread may refuse while others of its process are ours.
  private static let timeToSettle: UInt64 = 1_000_000_000

  enum Result {
    /// The threads that are traced now, each with an interrupt on its way, and those that refused.
    case attached([Int32], leftOut: [Int32: AttachRefusal])
    case refused(AttachRefusal)
  }

  /// Makes a running thread stop.
  static func interrupt(_ tid: Int32) { _ = tracee_interrupt(tid) }

  /// Another thread's execve makes it the first thread: whoever waited in the kernel for that to
  /// be over holds the former first thread, which is dead, and gets EPERM.
  ///
  /// That execve can itself wait for threads which are dead and ours to reap: `reap` does that.
  /// An execve that does not end, since another tracer's thread is in its way, has EAGAIN at
  /// `deadline` (CLOCK_MONOTONIC), or when we are told to end.
  private static func seize(thread tid: Int32, deadline: UInt64, reap: () -> Void) -> Int32 {
    var refusals = 0
    var isRepeated = false
    while true {
      let result = tracee_seize_running(tid)
      switch -result {
      case EAGAIN:
        // It may have been seized just before the jump; once it is dead, an execve waits for us.
        if isOurs(tid) { return 0 }
        reap()
        if Clock.monotonic() >= deadline || SignalSet.hasPendingRequestToEnd { return result }
        isRepeated = true
      case EPERM where isRepeated && isOurs(tid): return 0
      case EPERM where refusals < 2: refusals += 1
      default: return result
      }
    }
  }

  private static func isUntraced(_ tid: Int32) -> Bool {
    ThreadStatus(tid)?.tracer == 0
  }

  private static func isOurs(_ tid: Int32) -> Bool {
    ThreadStatus(tid)?.isTracedByUs == true
  }

  /// Passes over /proc/PID/task until two in a row find nothing new. A thread that a seized one
  /// makes is traced from its start; one that another makes is found by a later pass.
  static func seize(_ pid: Int32) -> Result {
    var seized: Set<Int32> = []
    var refusal: AttachRefusal?
    var leftOut: [Int32: AttachRefusal] = [:]
    var quietPasses = 0
    var hadAny = false
    let begin = Clock.monotonic()
    let (deadline, settled) = (begin &+ Self.patience, begin &+ Self.timeToSettle)
    let isPatient = tracee_patience_begin() == 0
    defer { if isPatient { tracee_patience_end() } }
    while quietPasses < 2 {
      let threads = ProcFile.threads(ofProcess: pid)
      // An execve by a thread that was not ours puts it in the place of the first one, which was.
      if seized.contains(pid), !isOurs(pid), !ProcFile.hasEnded(pid) { seized.remove(pid) }
      let before = seized
      var hasVanished = false
      var isUnsettled = false
      (refusal, leftOut) = (nil, [:])
      for tid in threads where !seized.contains(tid) {
        let result = seize(thread: tid, deadline: deadline) {
          for other in seized where other != pid && tracee_reap(other) == 1 { seized.remove(other) }
        }
        if result == 0 {
          interrupt(tid)
          seized.insert(tid)
          hadAny = true
        } else if result == -Errno.noProcess.rawValue || ProcFile.hasEnded(tid) {
          // A first thread that has ended stays listed until the last has (pthread_exit in main).
          hasVanished = hasVanished || tid != pid
        } else if isOurs(tid) {
          // Made by a thread that is seized already, and with it traced.
        } else {
          let examined = AttachRefusal.examine(tid, errno: Errno(rawValue: -result))
          leftOut[tid] = examined
          refusal = refusal ?? examined
          // Beside others that were ours it may be about to take the first one's place.
          isUnsettled = isUnsettled || hadAny && isUntraced(tid) && Clock.monotonic() < settled
        }
      }
      if refusal != nil, seized.isEmpty, !isUnsettled { break }
      // Where one ended before we had any, it may have made another.
      let isQuiet =
        seized == before && !(hasVanished && seized.isEmpty) && !isUnsettled
      quietPasses = isQuiet ? quietPasses + 1 : 0
    }
    if let refusal, !seized.contains(where: { !ProcFile.hasEnded($0) }) { return .refused(refusal) }
    if seized.isEmpty { return .refused(refusal ?? AttachRefusal.examine(pid, errno: nil)) }
    // One that refused may have ended since, or come to be ours in the first one's place.
    return .attached(
      seized.sorted(),
      leftOut: leftOut.filter {
        !seized.contains($0.key) && !ProcFile.hasEnded($0.key) && !isOurs($0.key)
      })
  }
}
