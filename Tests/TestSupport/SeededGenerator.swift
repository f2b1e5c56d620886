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

  /// A seed for one test, which is printed; `MMSGTRACE_FUZZ_SEED` repeats a run.
  package static func printedSeed(for test: String) -> UInt64 {
    var seed = UInt64.random(in: 0...UInt64.max)
    if let given = unsafe getenv("MMSGTRACE_FUZZ_SEED") {
      seed = UInt64(unsafe String(cString: given)) ?? seed
    }
    print("\(test): MMSGTRACE_FUZZ_SEED=\(seed)")
    return seed
  }
}
