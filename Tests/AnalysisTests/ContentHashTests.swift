import Testing

@testable import Analysis

@Suite struct ContentHashTests {
  private let hash = ContentHash()
  private let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) }

  private func of(_ bytes: [UInt8]) -> UInt64 { hash.hash(UInt64(bytes.count), bytes[...]) }

  /// Up to three rounds, and rests of every length behind them.
  @Test func everyByteCounts() {
    for count in 0...100 {
      var seen: Set<UInt64> = [of(Array(bytes.prefix(count)))]
      for place in 0..<count {
        var other = Array(bytes.prefix(count))
        other[place] ^= 0x80
        seen.insert(of(other))
      }
      #expect(seen.count == count + 1, "\(count) bytes")
    }
  }

  @Test func soDoOrderAndLength() {
    let words: [[UInt8]] = (1...8).map { [UInt8](repeating: $0, count: 8) }
    var seen: Set<UInt64> = [of(words.joined().map { $0 })]
    var pairs = 0
    for first in words.indices {
      for second in words.indices where second > first {
        var other = words
        other.swapAt(first, second)
        seen.insert(of(other.joined().map { $0 }))
        pairs += 1
      }
    }
    #expect(seen.count == pairs + 1)
    // Zeros are not what is missing.
    let zeros = (0...70).map { of([UInt8](repeating: 0, count: $0)) }
    #expect(Set(zeros).count == zeros.count)
    #expect(hash.hash(64, bytes[..<8]) != hash.hash(65, bytes[..<8]))
    #expect(hash.hash(64, bytes[..<8]) != hash.hash(64, (bytes[..<8] + [0])[...]))
  }

  @Test func wherePiecesLieDoesNotCount() {
    for start in 0..<20 {
      #expect(hash.hash(50, bytes[start..<start + 50]) == of(Array(bytes[start..<start + 50])))
    }
  }

  /// Nobody can tell beforehand what looks alike.
  @Test func eachHasItsOwnKeys() { #expect(of(bytes) != ContentHash().hash(200, bytes[...])) }
}
