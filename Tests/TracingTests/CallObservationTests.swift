import Testing

@testable import Tracing

/// Which notes of the kernel's a call can be judged by.
@Suite struct CallObservationTests {
  private func observation(_ events: [(time: UInt64, socket: UInt64, result: Int32)])
    -> CallObservation
  {
    var observation = CallObservation()
    observation.start = 100
    for event in events {
      observation.add(
        SendLengthEvent(time: event.time, tid: 1, socket: event.socket, result: event.result))
    }
    return observation
  }

  @Test func ordersWhatSeveralProcessorsNoted() {
    let observation = observation([(103, 1, 3), (104, 1, -90), (101, 1, 1), (102, 1, 2)])
    #expect(observation.results(lostUntil: 0) == [1, 2, 3, -90])
  }

  @Test func isNoneWhereEventsOfItsTimeAreLost() {
    let observation = observation([(101, 1, 1)])
    #expect(observation.results(lostUntil: 100) == [1])
    #expect(observation.results(lostUntil: 101) == nil)
    #expect(observation.results(lostUntil: .max) == nil)
  }

  @Test func isNoneWhereTheKernelSentByAnotherSocket() {
    #expect(observation([(101, 2, 1), (102, 1, 1)]).results(lostUntil: 0) == nil)
  }

  @Test func isNoneWhereTheThreadWorkedForARing() {
    var observation = observation([(101, 1, 1), (102, 1, 16)])
    observation.add(SendLengthEvent(time: 103, tid: 1, socket: 0))
    #expect(observation.results(lostUntil: 0) == nil)
    observation.restart(at: 200)
    observation.add(SendLengthEvent(time: 201, tid: 1, socket: 1, result: 5))
    #expect(observation.results(lostUntil: 0) == [5])
  }

  @Test func beginsAgainWithARestart() {
    var observation = observation([(101, 1, -512), (102, 2, 1)])
    observation.restart(at: 200)
    #expect(observation.results(lostUntil: 150) == [])
    observation.add(SendLengthEvent(time: 201, tid: 1, socket: 1, result: 5))
    #expect(observation.results(lostUntil: 150) == [5])
  }

  @Test func holdsNoMoreThanACallCanHave() {
    let observation = observation((0..<5000).map { (100 + $0, 1, 1) })
    #expect(observation.results(lostUntil: 0)?.count == 1026)
  }
}
