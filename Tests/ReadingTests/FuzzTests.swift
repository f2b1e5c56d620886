import Output
import Reading
import Records
import TestSupport
import Testing

/// Any bytes at all may stand in a file: nothing of them traps, hangs or reaches a terminal.
@Suite struct FuzzTests {
  /// Records with some of their bytes changed, in 100,000 files.
  @Test(arguments: SeededGenerator.seeds)
  func mutatedRecords(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let golden = try #require(TestTrace.golden)
    let records = golden.split(separator: 10).map { Array($0) }.filter { $0.count < 2500 }
    var options = TextFormat.Options()
    options.verbose = true
    var format = TextFormat(options)
    for round in 0..<25_000 {
      var line =
        round % 8 == 0 ? lines([random.event()]) : records.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) { random.mutate(&line) }
      let (events, _) = reading(line, blockSize: Int.random(in: 1...4096, using: &random))
      if events.isEmpty { continue }
      var shown = ByteBuffer()
      for event in events { format.append(event, to: &shown) }
      if let danger = Self.danger(in: shown.bytes) {
        Issue.record("seed \(seed), round \(round): \(danger) of \(line)")
        return
      }
      // What was read is written in a form that stays.
      let written = lines(try Self.again(lines(events)))
      guard lines(try Self.again(written)) != written else { continue }
      Issue.record("seed \(seed), round \(round): \(String(decoding: written, as: UTF8.self))")
      return
    }
  }

  /// The first thing that a terminal, or a reader, would take for something else.
  private static func danger(in bytes: [UInt8]) -> String? {
    if !bytes.contains(where: { $0 >= 0x7f || $0 < 0x20 && $0 != 0x0a }) { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8" }
    return text.unicodeScalars.first { $0.isDangerous }.map { "U+\($0.value)" }
  }

  private static func again(_ bytes: [UInt8]) throws -> [TraceEvent] { try events(bytes) }

  /// Bytes that are no JSON at all.
  @Test(arguments: SeededGenerator.seeds)
  func anyBytes(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      _ = reading(random.nastyBytes(upTo: 60), blockSize: Int.random(in: 1...64, using: &random))
    }
  }
}

extension SeededGenerator {
  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "-1", "0", "1e9",
    "18446744073709551616", "9223372036854775807", "-9223372036854775808", "\n", "\u{0}",
    "\"value\":", "\"family\":\"AF_UNIX\",", "\"\\u001b[31m\"", "\u{1b}", "{}", "[]", "\"raw\":",
    "\"names\":[\"\\u001b\"]", "[[[[[[[[",
  ].map { Array($0.utf8) }

  /// Changes something somewhere.
  fileprivate mutating func mutate(_ line: inout [UInt8]) {
    guard !line.isEmpty else { return }
    let place = Int.random(in: 0..<line.count, using: &self)
    let length = min(Int.random(in: 1...12, using: &self), line.count - place)
    switch Int.random(in: 0..<6, using: &self) {
    case 0: line[place] ^= 1 << UInt8.random(in: 0...7, using: &self)
    case 1: line.removeSubrange(place..<place + length)
    case 2: line.insert(contentsOf: Self.tokens.randomElement(using: &self) ?? [], at: place)
    case 3:
      line.replaceSubrange(
        place..<place + length, with: Self.tokens.randomElement(using: &self) ?? [])
    case 4: line.removeSubrange(place...)
    default:
      let other = Int.random(in: 0..<line.count, using: &self)
      line.insert(contentsOf: line[other..<min(other + 40, line.count)], at: place)
    }
  }
}

extension Unicode.Scalar {
  /// What a terminal, or a reader, would take for something else.
  fileprivate var isDangerous: Bool {
    if self == "\n" { return false }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isBidiControl
    }
  }
}
