import Decoding
import Records

/// What is known of a traced process.
final class TracedProcess {
  let pid: Int32
  /// Its place among all processes in the order of their coming, from 1.
  var number: UInt64 = 0
  /// When that was (CLOCK_MONOTONIC).
  var begun: UInt64 = 0
  /// Those that it came from, as far as they lived and were traced then.
  var ancestors: [Ancestor] = []
  /// True once these have been looked at since it came.
  var hasMetAncestors = false
  var threadCount = 0
  /// How its threads are made to stop; children inherit it.
  var stops: TraceStart.StopMethod
  /// True for the command and for what was attached to.
  var isRoot: Bool
  /// True for what was attached to, and its children: not for the command's.
  var isAttached = false
  /// True while it is in group-stop.
  var isStopped = false
  /// True from a signal that stops it to the end of a group-stop: threads wake for that untraced,
  /// too.
  var isStopping = false
  /// True once it was seen to be sent a signal that it ignores, which only reaches it since it is
  /// traced.
  var getsIgnoredSignals = false
  /// True once it was seen to be sent a signal, or to make a process.
  var getsSignals = false
  var takenSignals = TakenSignals()
  /// Children that threads of it have made which blocked SIGCHLD, as system(3) does: the end of
  /// each is told, untraced, too. As it numbers them itself.
  var childrenOfBlockers: Set<Int32> = []
  /// Which of its threads are let go, each at its next stop.
  var departure = Departure.none
  /// A pidfd, for its descriptors; nil until it is needed.
  var pidfd: Descriptor?
  /// Kept for calls that fall short; of the program that runs now.
  var mappings: Mappings?
  /// Of the program that runs now; children inherit it.
  var rings = RingUse()
  /// The program it runs; nil where it could not be read.
  var executable: String?
  /// While its sends are read as a whole; children inherit it.
  var comparison = ComparisonBudget()
  /// What it has left unsent, and those that it shares memory with or has it from.
  var leftovers = SharedLeftovers()
  /// While it is noted how long its other threads run.
  var restWatch = RestWatch()
  /// Its own alone: a child closes no socket of its parent.
  var unsentSockets = UnsentSockets()

  struct Ancestor {
    var pid: Int32
    var number: UInt64
  }

  enum Departure {
    case none
    /// The first thread: from then on the kernel drops signals for the process that it ignores.
    case first
    case all
  }

  /// True where a send at that time is to be read as a whole.
  func isCompared(at now: UInt64) -> Bool {
    comparison.renew(by: leftovers)
    return comparison.isOpen(at: now)
  }

  /// It is a copy of its parent.
  func inherit(from parent: TracedProcess) {
    executable = parent.executable
    rings = parent.rings
    (comparison, leftovers) = (parent.comparison, parent.leftovers)
  }

  /// It runs another program now, and knows nothing of what its relatives have.
  func forgetRelatives() {
    comparison.renew(by: leftovers)
    comparison.forgetRelatives()
    leftovers = SharedLeftovers()
  }

  init(pid: Int32, stops: TraceStart.StopMethod, isRoot: Bool) {
    self.pid = pid
    self.stops = stops
    self.isRoot = isRoot
  }

  /// Of the program that runs now; nil where they may not be read.
  var currentMappings: Mappings? {
    guard let current = mappings ?? Mappings(pid) else { return nil }
    if current.mayBeKept { mappings = current }
    return current
  }
}
