import Testing

@testable import Tracing

@Suite struct UnsentSocketsTests {
  @Test func onlyWhatStoodThereIsAskedFor() {
    var sockets = UnsentSockets()
    #expect(sockets.closed(on: 3, now: 7) { _ in true } == nil)
    sockets.note(5, on: 3)
    #expect(sockets.closed(on: 3, now: 5) { _ in true } == nil, "it is the same")
    #expect(sockets.closed(on: 4, now: 7) { _ in true } == nil, "another descriptor")
    #expect(sockets.closed(on: 3, now: 7) { $0 == 5 } == 5)
    #expect(sockets.closed(on: 3, now: 7) { _ in false } == 5, "what is closed stays so")
    sockets.note(7, on: 3)
    #expect(sockets.closed(on: 3, now: 7) { _ in true } == nil)
  }

  /// Each look may be at thousands of descriptors.
  @Test func itIsNotAskedForEver() {
    var (sockets, looks) = (UnsentSockets(), 0)
    sockets.note(5, on: 3)
    for _ in 0..<100 {
      _ = sockets.closed(on: 3, now: 7) { _ in
        looks += 1
        return looks == 2 ? nil : false
      }
    }
    #expect(looks == 4)
  }

  @Test func noMoreIsRememberedThanThereIsRoomFor() {
    var sockets = UnsentSockets()
    for fd in Int32(0)..<1000 { sockets.note(5, on: fd) }
    #expect((Int32(0)..<1000).count { sockets.closed(on: $0, now: 7) { _ in true } != nil } <= 64)
  }
}
