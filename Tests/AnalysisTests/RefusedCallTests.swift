import Analysis
import Records
import Testing

/// Calls that fail before a message is looked at, and those that look like it (kernel.md §1,
/// A1–A4).
@Suite struct RefusedCallTests {
  private static let compat = SendFlags.compatControl
  private static let noPermission = Errno(rawValue: 1)
  private static let unreachable = [
    Note(code: .ownDescriptorTable, message: nil, text: "could not be asked")
  ]

  @Test(
    arguments: [
      (.sketch(vlen: 2, flags: compat, bytes: [1, 2], .failed(.invalidArgument)), "A1 on x86_64"),
      (
        .sketch(abi: .aarch64, vlen: 1, flags: compat, bytes: [1], .failed(.invalidArgument)),
        "A1 on aarch64"
      ),
      (
        .sketch(
          vlen: 1, flags: [compat, .dontWait], bytes: [1], .failed(.invalidArgument)),
        "A1 beside other flags"
      ),
      (
        .sketch(
          vlen: 1, flags: compat, bytes: [1], hasSocket: false, .failed(.invalidArgument)),
        "A1 comes before the descriptor is looked at"
      ),
      (
        .sketch(vlen: 2, bytes: [1, 2], hasSocket: false, .failed(.badDescriptor)),
        "A3: not open, or O_PATH"
      ),
      (
        .sketch(vlen: 3000, bytes: [1], hasSocket: false, .failed(.badDescriptor)),
        "A3 with more than A2 lets through"
      ),
      (.sketch(vlen: 2, bytes: [1, 2], hasSocket: false, .failed(.notSocket)), "A4"),
      (
        .sketch(vlen: 2, bytes: [1], hasSocket: false, notes: unreachable, .failed(.notSocket)),
        "A4 says itself that there is no socket"
      ),
      (.sketch(vlen: 2, bytes: [1, 2], .failed(.noSystemCall)), "no such call"),
      (
        .sketch(abi: .i386, vlen: nil, .failed(.badAddress)),
        "socketcall's arguments cannot be read"
      ),
      (.sketch(vlen: 0, hasSocket: false, .failed(.badDescriptor)), "vlen 0: A3"),
      (
        .sketch(vlen: 0, hasSocket: false, notes: unreachable, .failed(.badDescriptor)),
        "vlen 0: A3, descriptor not known"
      ),
      (.sketch(vlen: 0, hasSocket: false, .failed(.notSocket)), "vlen 0: A4"),
      (.sketch(vlen: 0, flags: compat, .failed(.invalidArgument)), "vlen 0: A1"),
      (.sketch(vlen: 0, .failed(noPermission)), "vlen 0: whatever else, it is no message's"),
      (.sketch(vlen: 0, .failed(.interrupted)), "vlen 0: no message was interrupted"),
    ] as [(SendCall, Comment)])
  func refused(call: SendCall, reason: Comment) {
    let verdict = Verdict.of(call)
    #expect(verdict.outcome == .failed, reason)
    #expect(verdict.cause == .callError, reason)
    #expect(verdict.at == nil, reason)
    #expect(call.result == verdict.errno.map { .failed($0) }, reason)
    #expect(verdict.certainty == .observed && verdict.source == .returnValue, reason)
    #expect(verdict.why?.isEmpty == false, reason)
    #expect(verdict.sent == 0, reason)
    #expect(
      call.messages.indices.allSatisfy { verdict.state(ofMessage: $0) == .notAttempted }, reason)
  }

  @Test(
    arguments: [
      (.sketch(vlen: 1, bytes: [1], .failed(.invalidArgument)), "EINVAL without the flag"),
      (
        .sketch(abi: .i386, vlen: 1, flags: compat, bytes: [1], .failed(.invalidArgument)),
        "i386 sets the flag itself"
      ),
      (
        .sketch(abi: .x32, vlen: 1, flags: compat, bytes: [1], .failed(.invalidArgument)),
        "so does x32"
      ),
      (
        .sketch(abi: .arm, vlen: 1, flags: compat, bytes: [1], .failed(.invalidArgument)),
        "so does arm"
      ),
      (
        .sketch(vlen: 1, flags: .dontWait, bytes: [1], .failed(.invalidArgument)),
        "EINVAL with another flag"
      ),
      (
        .sketch(vlen: 1, flags: compat, bytes: [1], .failed(.badAddress)),
        "the flag and another error"
      ),
      (
        .sketch(vlen: 1, bytes: [1], .failed(.badDescriptor)),
        "EBADF of a socket: a message passes a descriptor that is not open (SCM_RIGHTS)"
      ),
      (.sketch(vlen: 1, bytes: [1], .failed(.badAddress)), "EFAULT of a message"),
      (.sketch(vlen: 1, bytes: [1], .failed(noPermission)), "EPERM, from a message as well"),
    ] as [(SendCall, Comment)])
  func errorsOfTheFirstMessage(call: SendCall, reason: Comment) {
    let verdict = Verdict.of(call)
    #expect(verdict.outcome == .failed && verdict.cause == .error && verdict.at == 0, reason)
    #expect(call.result == verdict.errno.map { .failed($0) }, reason)
    #expect(verdict.certainty == .observed && verdict.source == .returnValue, reason)
    #expect(verdict.state(ofMessage: 0) == .failed, reason)
  }

  /// The program's own filter answers before anything of the call is looked at, with any errno.
  @Test(
    arguments: [
      (.sketch(vlen: 2, bytes: [1, 2], .failed(noPermission)), "EPERM"),
      (.sketch(vlen: 2, bytes: [1, 2], .failed(.interrupted)), "EINTR, which no signal made"),
      (.sketch(vlen: 1, bytes: [1], .failed(.badAddress)), "EFAULT of readable memory"),
      (.sketch(abi: .i386, vlen: nil, .failed(noPermission)), "arguments that cannot be read"),
    ] as [(SendCall, Comment)])
  func refusedByAFilter(call: SendCall, reason: Comment) {
    var call = call
    call.wasFiltered = true
    let verdict = Verdict.of(call)
    #expect(verdict.outcome == .failed && verdict.cause == .callError, reason)
    #expect(verdict.at == nil, reason)
    #expect(call.result == verdict.errno.map { .failed($0) }, reason)
    #expect(verdict.why?.contains("filter") == true, reason)
  }
}
