import Analysis
import Records
import Testing

/// Values of control messages: which of several the kernel refuses.
@Suite struct ControlValueRulesTests {
  private static let recordRoute: [UInt8] = [7, 7, 4, 0, 0, 0, 0]

  @Test(
    arguments: [
      (recordRoute, false, "a way to record"),
      ([7, 7, 8, 0, 0, 0, 0], false, "one that is full"),
      ([7, 7, 3, 0, 0, 0, 0], true, "a pointer before the first place"),
      ([7, 7, 6, 0, 0, 0, 0], true, "a pointer with no room for an address"),
      ([7, 2], true, "no pointer"),
      (recordRoute + recordRoute, true, "twice the same"),
      ([131, 7, 4, 10, 0, 0, 1], false, "a way to take"),
      ([137, 7, 4, 10, 0, 0, 1], false, "a strict one"),
      ([131, 7, 4, 10, 0, 0, 1, 137, 7, 4, 10, 0, 0, 2], true, "both"),
      ([131, 8, 4, 10, 0, 0, 1, 0], true, "half an address"),
      ([148, 4, 0, 0], false, "a router alert"),
      ([148, 3, 0], true, "half a router alert"),
      ([1, 1, 1, 1], false, "nothing but padding"),
      ([0, 7, 1], false, "behind the end"),
      ([7, 9, 4, 0], true, "a length over the end"),
    ] as [([UInt8], Bool, String)])
  func options(_ options: [UInt8], _ isRefused: Bool, _ reason: String) {
    var failed = FailedCall()
    failed.control = [.used(0, 7, options)]
    let verdict = Verdict.of(failed.call)
    #expect((verdict.errno == .invalidArgument) == isRefused, "\(reason): \(verdict.why ?? "")")
    let named = verdict.candidates.contains { $0.errno == .invalidArgument }
    #expect(isRefused || !named, "\(reason)")
  }

  @Test func whatMayBeRefusedHidesNothingBehindIt() {
    var failed = FailedCall()
    // A timestamp, of whose forms nothing is known here; then what surely is not allowed.
    failed.control = [.used(0, 7, [68, 4, 5, 0]), .used(1, 36, [5, 0, 0, 0])]
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .notPermitted && verdict.certainty == .likely)
    #expect(verdict.candidates.contains { $0.errno == .invalidArgument })
    // Where both are the same error, it is certain all the same.
    failed.control = [.used(0, 7, [68, 4, 5, 0]), .used(1, 37, [0x10, 0, 0, 0])]
    let proven = Verdict.of(failed.call)
    #expect(proven.errno == .invalidArgument && proven.certainty == .certain)
  }

  @Test func mobileRoutingHeadersNeedAKernelWithThem() {
    var failed = FailedCall()
    failed.family = 10
    failed.name = .inet6(0, 1, 9)
    failed.nameLength = 28
    failed.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
    failed.control = [.used(41, 57, [0, 2, 2, 1] + Array(repeating: 0, count: 20))]
    let verdict = Verdict.of(failed.call)
    #expect(verdict.certainty == .likely)
    #expect(verdict.candidates.contains { $0.errno == .invalidArgument })
  }
}
