import Decoding
import Records

// The two stops of a system call, and what a signal can put between them.
//
//     entry ─► exit n                        one call
//     entry ─► exit −512 ─► entry ─► exit n  the same call, taken up again
//     entry ─► exit −512 ─► handler ─► rt_sigreturn: −4 (EINTR), or the call again
extension Tracer {
  /// A system call is entered or left, or the filter stopped one; true where one is entered.
  mutating func callStopped(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Bool {
    guard let info = try stop.callInfo() else { return false }
    switch info.phase {
    case .entry(let number, let arguments, let filterData):
      thread.repeating = nil
      if let filterData, filterData != SeccompFilter.mark {
        // A filter of the program's own asked for a tracer that it does not have.
        try stop.skipCall()
      } else {
        callEntered(
          stop, thread, CallSite(info, number, arguments), byFilter: filterData != nil)
      }
      return true
    case .exit(let returnValue):
      try callLeft(stop, thread, info, returnValue: returnValue)
      return false
    case .none: return false
    }
  }

  /// Our filter has stopped it (`isFiltered`), or ptrace.
  private mutating func callEntered(
    _ stop: borrowing Stop, _ thread: TracedThread, _ site: CallSite, byFilter isFiltered: Bool
  ) {
    restartEntered(thread, site)
    waitEntered(thread, site)
    // With a filter the entry stop precedes the filter's own; one of them is enough.
    let isSeenOnce = isFiltered || thread.process.stops == .syscall
    let meaning = SystemCallTable.meaning(
      architecture: site.architecture, number: site.number, firstArgument: site.arguments.first)
    switch meaning {
    case .send(let abi, let syscall):
      guard isSeenOnce else { return }
      sendEntered(stop, thread, abi: abi, syscall: syscall, site: site)
    case .other where isSeenOnce:
      noteMeans(site, of: thread.process)
      otherSendEntered(stop, thread, site)
      affinityCallEntered(thread, site)
    case .signalReturn, .other: break
    }
    thread.returnsFromSignal = meaning == .signalReturn
    thread.suspendedCalls.last?.seesHandler(at: site.stackPointer)
    if meaning != .signalReturn { leaveJumped(thread, stackPointer: site.stackPointer) }
  }

  /// Notes what a process may do without our seeing it, or our reading its memory, from now on.
  private mutating func noteMeans(_ site: CallSite, of process: TracedProcess) {
    let (architecture, number) = (site.architecture, site.number)
    if SystemCallTable.makesUserfault(
      architecture: architecture, number: number, secondArgument: site.arguments.second)
    {
      pagesMayBeKeptBack = true
    }
    if SystemCallTable.makesRing(architecture: architecture, number: number) { ringCount += 1 }
    if SystemCallTable.usesRing(architecture: architecture, number: number) {
      process.rings.note()
    }
  }

  private mutating func callLeft(
    _ stop: borrowing Stop, _ thread: TracedThread, _ info: CallInfo, returnValue: Int64
  ) throws(TraceeError) {
    if returnValue == Self.eintr, thread.call == nil, try hideWake(stop, thread) {
      thread.current = .unobserved
      return
    }
    thread.wait = nil
    switch thread.leaveCall() {
    case .recorded(let call): try sendLeft(stop, thread, call, returnValue: returnValue)
    case .otherSend(let send): otherSendLeft(stop, send, returnValue: returnValue)
    case .affinity(let call, let mask):
      affinityCallLeft(stop, thread, call, mask: mask, returnValue: returnValue)
    case .unobserved where thread.restarting != nil:
      try restartLeft(stop, thread, returnValue: returnValue)
    case .unobserved: try signalReturned(stop, thread, returnValue: returnValue, info)
    }
  }
}
