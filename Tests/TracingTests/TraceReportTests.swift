import Decoding
import Glibc
import Records
import Testing

import Tracing

/// What reports take of the budget of their queue: the memory that they take.
@Suite struct TraceReportTests {
  @Test func aReportCostsWhatItTakes() {
    let place = MemoryLayout<TraceReport>.stride
    #expect(TraceReport.flush.footprint == place)
    #expect(TraceReport.warning("four").footprint == place + 4)
    // More than its bytes: there is the call itself.
    #expect(ReportQueueTests.call(1).footprint > place + MemoryLayout<CallSnapshot>.size)
    #expect(
      ReportQueueTests.call(1, bytes: 5000).footprint > ReportQueueTests.call(1).footprint + 4900)
  }

  /// What few calls have lies in memory of its own, and counts as well.
  @Test func whatIsKeptApartCosts() {
    func cost(_ change: (inout CallSnapshot) -> Void) -> Int {
      guard case .call(let call) = ReportQueueTests.call(1) else { return 0 }
      let before = TraceReport.call(call).footprint
      change(&call.snapshot)
      return TraceReport.call(call).footprint - before
    }
    #expect(cost { $0.evidence = Evidence(message: 0) } > MemoryLayout<Evidence>.size)
    #expect(cost { $0.again = MessageImages() } > MemoryLayout<MessageImages>.size)
    #expect(cost { $0.kernelResults = [Int32](repeating: 0, count: 100) } >= 400)
    #expect(
      cost { snapshot in
        var image = MemoryImage()
        image.append(Array(repeating: 0x61, count: 3000), from: 0x2000)
        snapshot.contents = image
      } >= 3000)
    #expect(
      cost { snapshot in
        var leftover = UnsentMemory()
        leftover.parts.append(UnsentMemory.Part(ReportQueueTests.arguments, MessageImages()))
        snapshot.leftover = leftover
      } >= MemoryLayout<UnsentMemory.Part>.stride)
  }

  @Test func otherSendsAndProcessesCostWhatTheyTake() {
    var send = OtherSendSnapshot(
      syscall: .sendto, pid: 1, tid: 1, fd: 3, monotonic: 0, socket: nil)
    let empty = TraceReport.otherSend(send).footprint
    #expect(empty > MemoryLayout<OtherSendSnapshot>.size)
    send.payload = Array(repeating: 0x61, count: 60_000)
    #expect(TraceReport.otherSend(send).footprint == empty + 60_000)
    let event = ProcessEvent(
      time: 0, kind: .exec, pid: 1, tid: 1, parent: nil, comm: "app", code: nil)
    #expect(TraceReport.process(event).footprint > MemoryLayout<ProcessEvent>.size + 3)
  }

  /// What malloc gives to a call, whatever its fields are by now: or up to 31 bytes less, where it
  /// gives a freed piece as a whole, of which less than its least would be left.
  @Test func aCallItselfCostsWhatMallocGives() {
    typealias Function = @convention(c) (UnsafeMutableRawPointer) -> Int
    guard let symbol = unsafe dlsym(nil, "malloc_usable_size") else {
      Issue.record("no malloc_usable_size")
      return
    }
    let size = unsafe unsafeBitCast(symbol, to: Function.self)
    let call = RecordedCall()
    let given = unsafe size(Unmanaged.passUnretained(call).toOpaque())
    #expect(given > MemoryLayout<CallSnapshot>.size)
    let counted = TraceReport.call(call).footprint - MemoryLayout<TraceReport>.stride
    #expect((given - 31...given + 128).contains(counted), "\(counted) of \(given)")
  }
}
