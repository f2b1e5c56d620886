package import Records

/// Reads a trace from blocks of bytes as they come, however they are cut.
///
/// It keeps no more than the line that it is in.
package struct RecordReader {
  /// What was read so far.
  package private(set) var progress = ReadingProgress()
  /// The beginning of a line that did not end with its block.
  private var beginning: [UInt8] = []
  private let longestLine: Int

  /// Longer than any record: a call holds at most 64 MiB of payload, 32 MiB of control data and a
  /// million iovecs.
  package static let longestLine = 512 << 20

  package init(longestLine: Int = Self.longestLine) { self.longestLine = longestLine }

  /// Hands each record that ends in `block` to `body`.
  package mutating func read(
    _ block: Span<UInt8>, _ body: (TraceEvent) -> Void
  ) throws(ReadingError) {
    var start = 0
    while let end = block.firstNewline(from: start) {
      let rest = block.extracting(start..<end)
      if beginning.isEmpty {
        try readLine(rest, isWhole: true, body)
      } else {
        try keep(rest)
        try readBeginning(isWhole: true, body)
      }
      start = end + 1
    }
    try keep(block.extracting(start..<block.count))
  }

  /// No more blocks come: reads what stands behind the last newline.
  package mutating func finish(_ body: (TraceEvent) -> Void) throws(ReadingError) {
    if !beginning.isEmpty { try readBeginning(isWhole: false, body) }
    if progress.records == 0, progress.unknownKinds.isEmpty {
      throw ReadingError(line: progress.line, reason: .empty)
    }
  }

  private mutating func keep(_ bytes: Span<UInt8>) throws(ReadingError) {
    guard bytes.count <= longestLine - beginning.count else {
      throw ReadingError(line: progress.line + 1, reason: .lineTooLong(longestLine))
    }
    unsafe bytes.withUnsafeBufferPointer { unsafe beginning.append(contentsOf: $0) }
  }

  private mutating func readBeginning(
    isWhole: Bool, _ body: (TraceEvent) -> Void
  ) throws(ReadingError) {
    // Taken out for the while, since reading changes us; its memory is used again.
    var line: [UInt8] = []
    swap(&line, &beginning)
    defer {
      line.removeAll(keepingCapacity: line.capacity <= 4 << 20)
      swap(&line, &beginning)
    }
    try readLine(line.span, isWhole: isWhole, body)
  }

  private mutating func readLine(
    _ line: Span<UInt8>, isWhole: Bool, _ body: (TraceEvent) -> Void
  ) throws(ReadingError) {
    progress.line += 1
    if line.isBlank { return }
    do {
      switch try RecordLine.meaning(of: line) {
      case .event(let event):
        body(progress.completed(event))
      case .unknownKind(let kind): progress.passOver(kind)
      }
    } catch {
      throw ReadingError(
        line: progress.line, error, in: line, isWhole: isWhole, isFirst: progress.records == 0)
    }
  }
}

/// How far a trace has been read.
package struct ReadingProgress: Sendable {
  /// Lines, from 1.
  package var line: UInt64 = 0
  package var records: UInt64 = 0
  /// True between a `trace_start` and its `trace_end`.
  package var isInTrace = false
  /// True where it goes on with the trace of another file.
  package var continues = false
  /// Records of kinds that a newer version may have added, which were passed over.
  package var unknownKinds: [String: UInt64] = [:]

  /// More kinds than any version will have.
  private static let maximumKinds = 16

  /// Counts a record of a kind that is not known; those beyond the first kinds as one.
  mutating func passOver(_ kind: String) {
    let isKept = unknownKinds[kind] != nil || unknownKinds.count < Self.maximumKinds
    unknownKinds[isKept ? kind : "…", default: 0] += 1
  }

  /// False where `trace_start` says that other sends were looked at, too.
  private var seesOnlySendmmsg = true

  /// Counts a record, and adds what it leaves to the records before it to say.
  mutating func completed(_ event: TraceEvent) -> TraceEvent {
    records += 1
    switch event {
    case .start(let start):
      isInTrace = true
      if records == 1 { continues = start.previous != nil }
      seesOnlySendmmsg = start.isOnlySendmmsg
    case .end(var end):
      isInTrace = false
      end.losses.isOnlySendmmsg = seesOnlySendmmsg
      return .end(end)
    case .followUp(var followUp):
      followUp.isOnlySendmmsg = seesOnlySendmmsg
      return .followUp(followUp)
    case .call, .process: break
    }
    return event
  }
}

extension Span where Element == UInt8 {
  fileprivate func firstNewline(from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = start
    while index + 8 <= count {
      let word =
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ (ones &* 0x0a)
      if (word &- ones) & ~word & (ones &* 0x80) != 0 { break }
      index += 8
    }
    while index < count {
      if self[index] == 0x0a { return index }
      index += 1
    }
    return nil
  }

  fileprivate var isBlank: Bool {
    for index in indices where ![0x20, 0x09, 0x0d].contains(self[index]) { return false }
    return true
  }
}
