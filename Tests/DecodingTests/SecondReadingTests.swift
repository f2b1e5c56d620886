import Decoding
import Records
import TestSupport
import Testing

/// What was read again at the exit against what was read at the entry.
@Suite struct SecondReadingTests {
  private let call = FakeCall([
    FakeMessage(
      name: inetAddress(127, 0, 0, 1, port: 9), iovecs: [[1, 2, 3], [4, 5]],
      control: controlMessage(level: 0, type: 1, data: [0])),
    FakeMessage("other"),
  ])

  /// The call with `change` made to its memory between entry and exit.
  private func decoded(
    counted: Int64 = 2, limit: UInt64 = 32, _ change: (inout FakeMemory) -> Void
  ) -> SendCall {
    var snapshot = call.memory.snapshot(call.abi, call.arguments, payloadLimit: limit)
    snapshot.exit = CallSnapshot.Exit(monotonic: 0, returnValue: counted)
    var memory = call.memory
    change(&memory)
    let after = memory.snapshot(call.abi, call.arguments, payloadLimit: limit)
    var again = MessageImages()
    (again.vector, again.headers, again.payload) = (after.vector, after.headers, after.payload)
    snapshot.again = again
    var decoder = Decoder()
    return decoder.decode(snapshot)
  }

  private func mutated(_ change: (inout FakeMemory) -> Void) -> [[MessagePart]?] {
    decoded(change).messages.map(\.mutated)
  }

  @Test func nothingIsSaidWithoutIt() {
    #expect(call.decoded(returning: 2).messages.map(\.mutated) == [nil, nil])
  }

  @Test func nothingChanged() {
    let same = decoded { _ in }
    #expect(same.messages.map(\.mutated) == [[], []])
    #expect(same.notes == [])
  }

  @Test func eachPart() {
    let place = call.places[0]
    #expect(mutated { $0.write([3], at: place.name + 3) } == [[.name], []])
    #expect(mutated { $0.write([9], at: place.control) } == [[.control], []])
    #expect(mutated { $0.write([9], at: place.data[1] + 1) } == [[.payload], []])
    // The array of iovecs is changed to what is no other header.
    #expect(mutated { $0.write([2], at: place.iovecs + 8) } == [[.iov], []])
    #expect(mutated { $0.write([9], at: place.entry + 64 + 48) } == [[], [.header]])
    let all = decoded {
      for address in [place.entry + 48, place.name, place.iovecs + 8, place.control, place.data[0]]
      { $0.write([7], at: address) }
    }
    #expect(all.messages[0].mutated == MessagePart.allCases)
    #expect(
      all.notes.map(\.text) == [
        "what it passed changed while the call ran (header, name, iov, control, payload): "
          + "the kernel may have read either"
      ])
  }

  @Test func whatNobodyReadsMayChange() {
    let entry = call.places[0].entry
    #expect(mutated { $0.write([9, 9, 9, 9], at: entry + 12) } == [[], []], "padding")
    #expect(mutated { $0.write([9, 9, 9, 9], at: entry + 56) } == [[], []], "msg_len")
    #expect(
      decoded(limit: 1) { $0.write([9], at: call.places[0].data[0] + 1) }.messages[0].mutated == [],
      "behind what is kept")
  }

  @Test func msgLenIsTheKernels() {
    // A message whose payload is the array itself.
    var odd = FakeCall([FakeMessage("x")])
    odd.memory.write(littleEndian(FakeCall.vector, 8), at: odd.places[0].iovecs)
    odd.memory.write(littleEndian(64, 8), at: odd.places[0].iovecs + 8)
    var snapshot = odd.memory.snapshot(odd.abi, odd.arguments, payloadLimit: 64)
    snapshot.exit = CallSnapshot.Exit(monotonic: 0, returnValue: 1)
    odd.memory.write(littleEndian(64, 4), at: FakeCall.vector + 56)
    let after = odd.memory.snapshot(odd.abi, odd.arguments, payloadLimit: 64)
    var again = MessageImages()
    (again.vector, again.headers, again.payload) = (after.vector, after.headers, after.payload)
    snapshot.again = again
    var decoder = Decoder()
    #expect(decoder.decode(snapshot).messages[0].mutated == [])
  }

  @Test func whatBecameUnreadableChanged() {
    let gone = mutated { $0.unmap(FakeCall.buffers) }
    #expect(gone == [[.name, .iov, .control], [.iov]], "the payload was not asked for again")
    #expect(mutated { $0.unmap(FakeCall.vector) }.map { $0?.first } == [.header, .header])
  }
}
