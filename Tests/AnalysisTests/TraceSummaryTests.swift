import Analysis
import Records
import Testing

@Suite struct TraceSummaryTests {
  private func address(_ port: Int) -> SocketAddress {
    SocketAddress(
      family: .inet, form: .inet(address: 0x7f00_0001, port: UInt16(truncatingIfNeeded: port)),
      raw: nil)
  }

  /// A call to these ports of which the first `sent` went out, 10 bytes each.
  private func event(
    _ ports: [Int], sent: Int, comm: String = "app", inode: UInt64 = 1
  ) -> TraceEvent {
    var call = SendCall.sketch(
      vlen: UInt32(ports.count), bytes: ports.map { _ in 10 },
      taken: ports.indices.map { $0 < sent ? 10 : nil }, .returned(UInt32(sent)))
    for index in ports.indices { call.messages[index].name = address(ports[index]) }
    call.comm = comm
    call.socket?.inode = inode
    call.duration = 1000
    return .call(
      call,
      Verdict(
        outcome: sent == ports.count ? .complete : .partial,
        cause: sent == ports.count ? nil : .error, at: sent == ports.count ? nil : sent,
        errno: sent == ports.count ? nil : .messageTooLong, asked: UInt32(ports.count),
        sent: UInt32(sent), bytesSent: UInt64(sent * 10)))
  }

  @Test func aCallCountsOnceForEachDestination() {
    var summary = TraceSummary()
    summary.add(event([1, 1, 2, 1], sent: 3))
    summary.add(event([2], sent: 1))
    let rows = summary.destinations.rows
    #expect(rows.map(\.label) == [address(1), address(2)])
    #expect(rows.map(\.counts.calls) == [1, 2])
    #expect(rows.map(\.counts.messages) == [3, 2])
    #expect(rows.map(\.counts.sent) == [2, 2])
    #expect(rows.map(\.counts.bytes) == [20, 20])
    #expect(rows.map(\.counts.short) == [1, 1])
  }

  @Test func eachProgramAndSocketHasARow() {
    var summary = TraceSummary()
    summary.add(event([1, 1], sent: 2, comm: "a", inode: 7))
    summary.add(event([1], sent: 0, comm: "b", inode: 7))
    #expect(summary.programs.rows.map(\.label) == ["a", "b"])
    #expect(summary.programs.rows.map(\.counts.meanBatch) == [2, 1])
    #expect(summary.sockets.rows.map(\.counts.calls) == [2])
    #expect(summary.totals.causeCounts.map(\.cause) == [.error])
    #expect(summary.errnoCounts.map(\.errno) == [.messageTooLong])
  }

  @Test func threadsAreOneProgram() {
    var summary = TraceSummary()
    for (number, name) in ["app", "worker"].enumerated() {
      guard case .call(var call, let verdict) = event([1], sent: 1, comm: name) else { continue }
      call.tid += Int32(number)
      summary.add(.call(call, verdict))
    }
    #expect(summary.programs.rows.map(\.label) == ["app"])
    // It has another name from then on.
    summary.add(event([1], sent: 1, comm: "renamed"))
    #expect(summary.programs.rows.map(\.label) == ["app", "renamed"])
  }

  @Test func whatATableHasNoRoomForIsCountedTogether() {
    var summary = TraceSummary()
    for port in 0..<600 { summary.add(event([port, port], sent: 1)) }
    let table = summary.destinations
    #expect(table.rows.count == 512)
    #expect(table.others?.calls == 88)
    #expect(table.others?.messages == 176)
    #expect(table.others?.durations.count == 88)
  }

  @Test func batchSizesAreClasses() {
    var sizes = BatchSizes()
    #expect(sizes.distribution.isEmpty)
    for size: UInt32 in [1, 2, 3, 8, 8, .max] { sizes.add(size) }
    let classes = sizes.distribution
    #expect(classes.count == 32)
    #expect(classes.prefix(4).map(\.sizes) == [1...1, 2...3, 4...7, 8...15])
    #expect(classes.prefix(4).map(\.calls) == [1, 2, 0, 2])
    #expect(classes.last?.sizes.upperBound == UInt64(UInt32.max))
  }

  /// Two digits: within one percent.
  @Test func percentiles() {
    var durations = CallDurations()
    #expect(durations.percentile(50) == nil)
    for microseconds in 1...1000 { durations.add(UInt64(microseconds) * 1000) }
    for (percent, expected) in [(50.0, 500_000.0), (90, 900_000), (99, 990_000), (100, 1_000_000)] {
      let found = Double(durations.percentile(percent) ?? 0)
      #expect(abs(found - expected) <= expected / 100, "\(percent): \(found)")
    }
    #expect(durations.maximum == 1_000_000)
    durations.add(.max)
    #expect(durations.maximum == .max && durations.count == 1001)
    var other = CallDurations()
    other.add(durations)
    #expect(other.count == 1001 && other.maximum == .max)
  }
}
