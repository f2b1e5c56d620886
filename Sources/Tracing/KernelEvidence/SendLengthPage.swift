/// What a protocol returned to one sendmsg of a thread, or a sign that others may be among these.
package struct SendLengthEvent: Hashable, Sendable {
  /// CLOCK_MONOTONIC, nanoseconds.
  package var time: UInt64
  package var tid: Int32
  /// Which socket: an address in the kernel, told to nobody.
  package var socket: UInt64
  /// Nil where it is no send: the thread did what io_uring had left it to do
  /// (`tctx_task_work_run`), which it also does on its way out of a call, and what was sent in that
  /// is none of the call's.
  package var result: Int32?
}

/// One page of a trace buffer, as `trace_pipe_raw` hands it out (kernel/trace/ring_buffer.c).
///
///     page    u64 timestamp │ commit: length in bits 0–26, 31: events were lost before │ events
///     event   u32: type in bits 0–4, time since the last one in bits 5–31 │ …
///             type 1–28: the data has so many words
///             type 0:    u32 length of the data and itself │ data
///             29: padding, to the end of the page where its time is 0, else of a u32 length
///             30: u32 time, bits 27–58 of a longer step
///             31: u32, bits 27–58 of the time itself
///
/// All little-endian, as the machines are that we run on.
package struct SendLengthPage: Hashable, Sendable {
  /// Of the first and the last event, of whatever kind; nil where there is none.
  package private(set) var firstTime: UInt64?
  package private(set) var lastTime: UInt64?
  /// Events older than the first were lost.
  package private(set) var followsLoss = false
  /// False where the bytes end before the events do, or make no sense.
  package private(set) var isWhole = true

  /// Reads the first `count` of `bytes`, and hands out the events of our kind in order.
  package init(
    _ bytes: [UInt8], count: Int, _ format: SendLengthFormat, _ body: (SendLengthEvent) -> Void
  ) {
    let reader = Reader(bytes: bytes, end: min(count, bytes.count))
    guard var time = reader.integer(format.timestamp.offset, size: 8),
      let commit = reader.integer(format.commit.offset, size: format.commit.size)
    else {
      isWhole = false
      return
    }
    followsLoss = commit & Self.missedEvents != 0
    var offset = format.data.offset
    let end = offset + Int(commit & Self.lengthMask)
    while offset < end {
      guard let step = Step(reader, at: offset, end: end) else {
        isWhole = false
        return
      }
      switch step.kind {
      case .restOfPage: return
      case .instant(let low): time = time & ~Self.instantMask | low
      case .delay: time &+= step.delta
      case .data(let start):
        time &+= step.delta
        firstTime = firstTime ?? time
        lastTime = time
        if let event = Self.event(reader, start, step.next, time, format) { body(event) }
      }
      offset = step.next
    }
  }

  /// Events may be missing of what happened before this time, as far as the page tells at the time
  /// `now`; nil where none is.
  func doubt(now: UInt64) -> UInt64? {
    if !isWhole { return now }
    return followsLoss ? firstTime ?? now : nil
  }

  private static let missedEvents: UInt64 = 1 << 31
  private static let lengthMask: UInt64 = 1 << 27 - 1
  /// A time itself has 59 bits; the others are those of the time before.
  private static let instantMask: UInt64 = 1 << 59 - 1

  private static func event(
    _ reader: Reader, _ start: Int, _ end: Int, _ time: UInt64, _ format: SendLengthFormat
  ) -> SendLengthEvent? {
    let data = Reader(bytes: reader.bytes, end: end)
    func field(_ field: SendLengthFormat.Field) -> UInt64? {
      data.integer(start + field.offset, size: field.size)
    }
    guard let type = field(format.type), let tid = field(format.tid) else { return nil }
    if let ringWork = format.ringWork, type == UInt64(ringWork) {
      return SendLengthEvent(time: time, tid: Int32(truncatingIfNeeded: tid), socket: 0)
    }
    guard type == UInt64(format.identifier), let socket = field(format.socket),
      let result = field(format.result)
    else { return nil }
    return SendLengthEvent(
      time: time, tid: Int32(truncatingIfNeeded: tid), socket: socket,
      result: Int32(truncatingIfNeeded: result))
  }

  /// One entry of the page.
  private struct Step {
    enum Kind {
      case data(start: Int)
      case delay
      case instant(UInt64)
      case restOfPage
    }

    var kind: Kind
    var delta: UInt64
    /// Where the next one begins.
    var next: Int

    /// Nil where it does not fit in.
    init?(_ reader: Reader, at offset: Int, end: Int) {
      guard let word = reader.integer(offset, size: 4) else { return nil }
      let type = word & 31
      delta = word >> 5
      switch type {
      case 1...28:
        kind = .data(start: offset + 4)
        next = offset + 4 + Int(type) * 4
      case 29 where delta == 0:
        kind = .restOfPage
        next = end
      default:
        guard let more = reader.integer(offset + 4, size: 4) else { return nil }
        next = offset + 8
        switch type {
        case 30:
          kind = .delay
          delta |= more << 27
        case 31: kind = .instant(more << 27 | delta)
        default:
          kind = type == 0 ? .data(start: offset + 8) : .delay
          guard more >= 4 else { return nil }
          next = offset + 4 + Int(more)
        }
      }
      guard next <= end, next <= reader.end else { return nil }
    }
  }

  private struct Reader {
    var bytes: [UInt8]
    var end: Int

    /// Nil where it is not all there.
    func integer(_ offset: Int, size: Int) -> UInt64? {
      guard offset >= 0, offset + size <= end else { return nil }
      var value: UInt64 = 0
      for index in 0..<size { value |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
      return value
    }
  }
}
