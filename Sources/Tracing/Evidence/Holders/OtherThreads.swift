import Glibc

/// Whether the other threads of a process ran while one of them was in a call: a thread that did
/// not run has changed neither the socket, nor the memory, nor the descriptors.
///
/// CPU time is kept to the nanosecond, and a thread that stops running has had its own added by
/// then (`update_curr`). So where the sum of the others' is at the end what it was at the
/// beginning, and none of them is on a CPU, none has run in between; the kernel's threads that work
/// for the process, and threads that have come or gone, are among them.
struct OtherThreads {
  /// CPU time of all threads but one, nanoseconds.
  private let time: UInt64

  /// More threads are not looked at, each of which costs some microseconds.
  static let maximumCount = 64

  /// As they are when a thread is stopped at the entry of its call; nil where that cannot be read.
  init?(besides thread: TracedThread) {
    guard let time = Self.time(besides: thread) else { return nil }
    self.time = time
  }

  /// True where none of them has run since; the thread is stopped at the exit.
  func haveRested(besides thread: TracedThread) -> Bool {
    let threads = ProcFile.threads(ofProcess: thread.process.pid)
    guard threads.count <= Self.maximumCount else { return false }
    // First: whoever sleeps now has had its time added.
    for tid in threads where tid != thread.tid && !Self.isOffCPU(tid) { return false }
    return Self.time(besides: thread) == time
  }

  private static func time(besides thread: TracedThread) -> UInt64? {
    guard let all = ProcessClock.read(thread.process.pid), let own = ownTime(thread), all >= own
    else { return nil }
    return all - own
  }

  /// Of a thread that does not run: the first number of /proc/TID/schedstat, which is 0 in a kernel
  /// that does not count.
  private static func ownTime(_ thread: TracedThread) -> UInt64? {
    if let file = thread.times { return number(in: file) }
    let fd = unsafe open("/proc/\(thread.tid)/schedstat", O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    let file = Descriptor(fd)
    if file.mayBeKept { thread.times = file }
    return number(in: file)
  }

  private static func number(in file: Descriptor) -> UInt64? {
    var buffer: InlineArray<64, UInt8> = InlineArray(repeating: 0)
    let got = unsafe withUnsafeMutableBytes(of: &buffer) {
      unsafe pread(file.number, $0.baseAddress, $0.count, 0)
    }
    var value: UInt64 = 0
    for index in 0..<max(got, 0) {
      guard buffer[index] >= 48, buffer[index] < 58 else { break }
      value = value &* 10 &+ UInt64(buffer[index] - 48)
    }
    return value > 0 ? value : nil
  }

  /// True for a thread that sleeps in a system call, or is stopped: the kernel has seen it off its
  /// CPU, and says `running` of any other (`task_current_syscall`).
  private static func isOffCPU(_ tid: Int32) -> Bool {
    guard let text = ProcFile.read("/proc/\(tid)/syscall") else { return false }
    return !text.isEmpty && !text.starts(with: running)
  }

  private static let running = Array("running".utf8)
}

extension TracedThread {
  /// At the entry of its call.
  func noteOthers(at now: UInt64) -> RecordedCall.Others {
    guard process.threadCount > 1 else { return .none }
    guard process.threadCount <= OtherThreads.maximumCount, process.restWatch.isDue(at: now),
      let others = OtherThreads(besides: self)
    else { return .unknown }
    return .had(others)
  }

  /// True where it alone of its process can have done anything since, as far as can be told at the
  /// exit.
  func wasAlone(_ others: RecordedCall.Others) -> Bool {
    switch others {
    // None of the kernel's that works for it (io_uring), either.
    case .none: ProcFile.threadCount(ofProcess: process.pid) == 1
    case .had(let others): others.haveRested(besides: self)
    case .unknown: false
    }
  }
}
