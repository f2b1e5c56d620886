import Records

/// Why a trace cannot be read any further.
package struct ReadingError: Error, Sendable {
  package enum Reason: Equatable, Sendable {
    /// There is not one record.
    case empty
    /// The file ends in the middle of the line.
    case cutOff
    /// The trace is of a later schema.
    case newerSchema(UInt64)
    /// What begins here is something else altogether, with a word of what it may be.
    case noTrace(String)
    /// The line is no record; `column` counts bytes from 1.
    case malformed(column: Int, why: String)
    case lineTooLong(Int)
  }

  /// From 1; 0 where there is none.
  package var line: UInt64
  package var reason: Reason

  init(line: UInt64, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  /// What `fault` means in `line`. `isWhole` is false where no newline ends it, `isFirst` true
  /// where no record stands before it.
  init(line number: UInt64, _ fault: JSONFault, in line: Span<UInt8>, isWhole: Bool, isFirst: Bool)
  {
    self.line = number
    if let schema = Self.newerSchema(line) {
      reason = .newerSchema(schema)
    } else if !isWhole, Self.isCutOff(line) {
      reason = .cutOff
    } else if isFirst, Self.isNoRecord(line) {
      reason = .noTrace(Self.guess(line, number))
    } else {
      reason = .malformed(column: fault.offset + 1, why: fault.reason.text)
    }
  }

  /// True where the line is JSON as far as it goes.
  private static func isCutOff(_ line: Span<UInt8>) -> Bool {
    var cursor = JSONCursor(line)
    do throws(JSONFault) { try cursor.skipValue() } catch { return error.reason == .cutOff }
    return false
  }

  private static func newerSchema(_ line: Span<UInt8>) -> UInt64? {
    var cursor = JSONCursor(line)
    guard let schema = try? cursor.schema(), schema > UInt64(TraceStart.schema) else { return nil }
    return schema
  }

  /// True where there is no telling that it was meant to be a record.
  private static func isNoRecord(_ line: Span<UInt8>) -> Bool {
    var cursor = JSONCursor(line)
    return !cursor.takeWord(#"{"kind":"#)
  }

  private static func guess(_ line: Span<UInt8>, _ number: UInt64) -> String {
    let program = "it is a program: mmsgtrace [options] -- COMMAND traces that"
    let known: [(StaticString, String)] = [
      ("\u{1f}", "it may be compressed: try zcat FILE | mmsgtrace show -"),
      ("[pid ", "it may be a trace as text: only JSON lines can be read again"),
      ("\u{7f}ELF", program), ("#!", program),
    ]
    if number == 3, isPcapng(line) { return "it may be pcapng: Wireshark reads that" }
    for (beginning, guess) in known {
      var cursor = JSONCursor(line)
      if cursor.takeWord(beginning) { return guess }
    }
    return "the first line is no record"
  }

  /// True for what stands behind `0a 0d 0d 0a`, the type of the first block, and so in the third
  /// line: its length and the byte-order magic.
  private static func isPcapng(_ line: Span<UInt8>) -> Bool {
    let magic: [UInt8] = [0x1a, 0x2b, 0x3c, 0x4d]
    guard line.count >= 8 else { return false }
    return magic.indices.allSatisfy { line[4 + $0] == magic[$0] }
      || magic.indices.allSatisfy { line[7 - $0] == magic[$0] }
  }
}

extension ReadingError: CustomStringConvertible {
  /// One line, to stand behind the file's name.
  package var description: String {
    switch reason {
    case .empty: "there is no record in it"
    case .cutOff: "line \(line): cut off in the middle: the records before it were read"
    case .newerSchema(let schema):
      "line \(line): schema \(schema) is newer than this version reads, which is"
        + " \(TraceStart.schema): a newer mmsgtrace is needed"
    case .noTrace(let guess): "line \(line): not a trace of mmsgtrace: \(guess)"
    case .malformed(let column, let why): "line \(line), column \(column): \(why)"
    case .lineTooLong(let limit): "line \(line): longer than \(limit >> 20) MiB: no record is"
    }
  }
}
