import Glibc

/// Random numbers that come again with the same seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// `MMSGTRACE_FUZZ_SEED`, which brings back a run; nil where it is not set.
  private static let givenSeed: UInt64? = {
    guard let given = unsafe getenv("MMSGTRACE_FUZZ_SEED") else { return nil }
    return UInt64(unsafe String(cString: given))
  }()

  /// A seed for one test, which is printed.
  package static func printedSeed(for test: String) -> UInt64 {
    let seed = givenSeed ?? UInt64.random(in: 0...UInt64.max)
    print("\(test): MMSGTRACE_FUZZ_SEED=\(seed)")
    return seed
  }

  /// Seeds for the arguments of a test, which are printed with it: a few fixed ones, and one that
  /// is new each time.
  package static let seeds: [UInt64] =
    givenSeed.map { [$0] } ?? [1, 2, 3, UInt64.random(in: 4...UInt64.max)]
}
