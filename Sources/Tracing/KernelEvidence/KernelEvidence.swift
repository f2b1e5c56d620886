import Glibc
import Records

/// Reads what the kernel notes of each sendmsg of the traced threads: the tracepoint
/// `sock:sock_send_length`, in a trace instance of our own.
///
/// The buffers are read only when a call fell short; meanwhile new events overwrite the oldest. So
/// a call that was complete costs nothing here. Events that were lost matter to calls that ran when
/// they were: nothing is claimed of those.
final class KernelEvidence {
  private let instance: TraceInstance
  private let format: SendLengthFormat
  private var processors: [Processor] = []
  private var page: [UInt8]
  /// CLOCK_MONOTONIC: of calls that were entered before it, events may be missing.
  private(set) var lostUntil: UInt64 = 0

  /// One processor's buffer.
  private struct Processor {
    let buffer: Descriptor
    let statistics: Descriptor
    /// Of the last event read.
    var lastTime: UInt64 = 0
    /// Events that found no place, as opposed to those overwritten.
    var rejected: UInt64 = 0
  }

  /// Prepares the instance for the threads `tids` and those they make.
  init(_ instance: TraceInstance, threads tids: Set<Int32>) throws(EvidenceRefusal) {
    self.instance = instance
    format = try instance.format()
    page = [UInt8](repeating: 0, count: format.pageSize)
    let names = try instance.processors()
    try instance.write("mono", to: "trace_clock")
    try instance.write(String(Self.kilobytes(for: names.count)), to: "buffer_size_kb")
    try instance.write("1", to: "options/overwrite")
    // Before the threads: from then on each that one of them makes is listened to.
    try instance.write("1", to: "options/event-fork")
    try listen(to: tids)
    for name in names {
      processors.append(
        Processor(
          buffer: try instance.open("per_cpu/\(name)/trace_pipe_raw", O_RDONLY | O_NONBLOCK),
          statistics: try instance.open("per_cpu/\(name)/stats", O_RDONLY)))
    }
    try instance.enable()
  }

  /// Listens to further threads, in one write: each takes 25–50 ms.
  func listen(to tids: Set<Int32>) throws(EvidenceRefusal) {
    guard !tids.isEmpty else { return }
    try instance.write(tids.map { String($0) }.joined(separator: " "), to: Self.list)
  }

  /// Those of `tids` that are not listened to.
  func strangers(among tids: Set<Int32>) throws(EvidenceRefusal) -> Set<Int32> {
    tids.subtracting(try instance.text(Self.list).split(separator: "\n").compactMap { Int32($0) })
  }

  private static let list = "set_event_pid"

  /// A call of 1,024 messages takes 37 kB: room for a score of them on each processor, within
  /// bounds for large machines.
  private static func kilobytes(for processors: Int) -> Int {
    max(128, min(1024, (32 << 10) / processors))
  }

  /// Hands out what was noted up to the time `limit`, and perhaps some that was noted later; in
  /// order for each processor.
  func drain(until limit: UInt64, _ body: (SendLengthEvent) -> Void) {
    for index in processors.indices {
      if drain(&processors[index], until: limit, body) { checkStatistics(&processors[index]) }
    }
  }

  /// True where there was something.
  private func drain(
    _ processor: inout Processor, until limit: UInt64, _ body: (SendLengthEvent) -> Void
  ) -> Bool {
    var hasRead = false
    while true {
      let count = unsafe read(processor.buffer.number, &page, page.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        if count < 0, errno != EAGAIN { lostUntil = .max }
        return hasRead
      }
      hasRead = true
      let content = SendLengthPage(page, count: count, format, body)
      if let doubt = content.doubt(now: Clock.monotonic()) { lostUntil = max(lostUntil, doubt) }
      if let last = content.lastTime, last > limit { return hasRead }
    }
  }

  /// The kernel does not mark where it had no place for an event.
  private func checkStatistics(_ processor: inout Processor) {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe pread(processor.statistics.number, &bytes, bytes.count, 0)
    var rejected: UInt64?
    for line in String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("commit overrun: ") || line.hasPrefix("dropped events: ") {
      guard let number = UInt64(line.dropFirst(16)) else { continue }
      rejected = (rejected ?? 0) &+ number
    }
    guard rejected != processor.rejected else { return }
    lostUntil = max(lostUntil, Clock.monotonic())
    processor.rejected = rejected ?? processor.rejected
  }
}
