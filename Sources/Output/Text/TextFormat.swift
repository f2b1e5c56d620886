import Analysis
package import Records

/// Text for people: a first line shaped like strace's, then one line a message.
package struct TextFormat: RecordFormat {
  /// What stands in front of a line besides the thread.
  package enum Timestamps: Sendable {
    case none
    /// Time of day.
    case time
    /// Time of day with microseconds.
    case micro
    /// Seconds since the entry of the last call.
    case relative
  }

  package struct Options: Sendable {
    package var timestamps = Timestamps.none
    /// Shows payload as a hex dump.
    package var hex = false
    /// 1: no process events; 2: no notes either.
    package var quiet = 0
    /// One line per iovec, and what else is left out for brevity.
    package var verbose = false
    package var color = false
    /// Columns to fit lines into; nil for as long as they come.
    package var width: Int?
    /// Seconds east of UTC, for times of day.
    package var utcOffset: Int32 = 0

    package init() {}
  }

  private(set) var options: Options
  /// Entry of the last call, in nanoseconds.
  private var lastCall: (monotonic: UInt64, time: UInt64)?
  /// Which thread made a call that fell short, for the follow-ups that name only the call.
  private var threads = RecentCalls<Int32>(most: 16_384)

  // Memory that is used again for each call.
  var rows: [TextRow] = []
  var cells = ByteBuffer()
  var sentence = ByteBuffer()

  package init(_ options: Options = Options()) { self.options = options }

  package mutating func fit(columns: Int?, lines: Int?) {
    options.width = columns ?? options.width
  }

  package mutating func append(_ event: TraceEvent, to out: inout ByteBuffer) {
    let lineStart = out.count
    switch event {
    case .start: return  // The user knows what was asked for.
    case .call(let call, let verdict):
      appendPrefix(
        of: call.tid, time: call.time,
        since: { call.monotonic.saturatingSubtract($0.monotonic) }, to: &out)
      lastCall = (call.monotonic, call.time)
      if verdict.outcome != .complete { threads.remember(call.tid, of: call.sequence) }
      return append(call, verdict, to: &out)
    case .followUp(let followUp):
      if let tid = threads[followUp.of] { out.append(thread: tid) }
      sentence.clear()
      sentence.append(text: followUp, isVerbose: options.verbose)
    case .process(let event):
      guard options.quiet < 1 else { return }
      appendPrefix(
        of: event.tid, time: event.time,
        since: { event.time.saturatingSubtract($0.time) }, to: &out)
      sentence.clear()
      sentence.append(text: event)
    case .end(let end):
      sentence.clear()
      sentence.append(text: end)
      appendSentence(from: out.count - lineStart, indent: 3, to: &out)
      out.append("\n")
      return append(end.losses, to: &out)
    }
    appendSentence(from: out.count - lineStart, indent: 3, to: &out)
    out.append("\n")
  }

  /// `[pid 4713] 03:12:45 `.
  private func appendPrefix(
    of tid: Int32, time: UInt64, since: ((monotonic: UInt64, time: UInt64)) -> UInt64,
    to out: inout ByteBuffer
  ) {
    out.append(thread: tid)
    switch options.timestamps {
    case .none: return
    case .time, .micro:
      let seconds = (Int64(time / 1_000_000_000) + Int64(options.utcOffset)) % 86_400
      out.append(clock: UInt64(seconds < 0 ? seconds + 86_400 : seconds))
      if options.timestamps == .micro {
        out.append(".")
        out.append(decimal: time / 1000 % 1_000_000, digits: 6)
      }
    case .relative:
      let nanoseconds = lastCall.map(since) ?? 0
      // As wide as strace's column, so that seconds below a million line up.
      out.append(spaces: 6 - ByteBuffer.decimalDigits(of: nanoseconds / 1_000_000_000))
      out.append(secondsOf: nanoseconds)
    }
    out.append(" ")
  }

  /// Appends `sentence`, wrapped.
  func appendSentence(from column: Int, indent: Int, to out: inout ByteBuffer) {
    out.append(
      wrapped: sentence.bytes.span, from: column, indent: indent, width: options.width)
  }
}

extension ByteBuffer {
  /// `[pid 4713] `; strace, too, writes the thread's number and calls it pid.
  mutating func append(thread tid: Int32) {
    append("[pid ")
    append(decimal: tid)
    append("] ")
  }
}

extension UInt64 {
  func saturatingSubtract(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
