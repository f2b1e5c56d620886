import Decoding
import Records

// `--colocate`: the launched command shares the tracer's CPU for as long as it has one thread and
// leaves its affinity alone.
//
//     exec of the command ─► shared ─┬─► a second thread     all have the original mask
//                                    ├─► sched_setaffinity   it has what it asked for
//                                    └─► its end
extension Tracer {
  /// The command's program is about to run.
  mutating func colocate(_ thread: TracedThread) {
    guard settings.colocates else { return }
    do {
      colocation = try Colocation(with: thread.tid)
      reports.letScribeGiveWay(false)
      waits.spins = false
    } catch {
      warn("--colocate: \(error.errno.name): going on without it")
    }
  }

  /// A thread or process is new, and has not run yet: gives it the mask it would have inherited.
  /// `maker` is the process that made it, where that is known.
  mutating func releaseNew(_ tid: Int32, of pid: Int32, madeBy maker: TracedProcess?) {
    guard let colocation else { return }
    if pid == colocation.tid {
      endColocation("has a second thread and its own CPUs back")
    } else if let maker, maker.pid != colocation.tid {
      // It inherits what is none of our doing.
      return
    }
    release(tid, from: colocation)
  }

  /// The process, which is there still, has its own mask from now on, and so have we.
  mutating func endColocation(_ reason: String? = nil) {
    guard let colocation else { return }
    release(colocation.tid, from: colocation)
    stopSharing(colocation)
    if let reason { warn("--colocate: process \(colocation.tid) \(reason): no longer on our CPU") }
  }

  /// We have our own mask from now on; the process is gone, or has the mask it is to have.
  mutating func stopSharing(_ colocation: Colocation) {
    self.colocation = nil
    reports.letScribeGiveWay(true)
    defer { waits.spins = CPUMask.ownCount > 1 }
    do {
      try colocation.leave()
    } catch {
      warn("--colocate: our own CPUs: \(error.errno.name)")
    }
  }

  private mutating func release(_ tid: Int32, from colocation: Colocation) {
    do {
      try colocation.restore(tid)
    } catch {
      warn("--colocate: thread \(tid) stays on one CPU: \(error.errno.name)")
    }
  }

  /// A call other than sendmmsg is entered: one about the shared mask is seen to its end.
  func affinityCallEntered(_ thread: TracedThread, _ site: CallSite) {
    guard let colocation, thread.tid == colocation.tid,
      let call = SystemCallTable.affinityCall(architecture: site.architecture, number: site.number)
    else { return }
    // A program knows itself by its number in its own namespace.
    let about = Int32(truncatingIfNeeded: site.arguments.first)
    guard about == 0 || about == ThreadStatus(thread.tid)?.innerID ?? thread.tid else {
      return
    }
    thread.current = .affinity(call, mask: RemoteAddress(site.arguments.third))
  }

  /// It is left.
  mutating func affinityCallLeft(
    _ stop: borrowing Stop, _ thread: TracedThread, _ call: SystemCallTable.AffinityCall,
    mask address: RemoteAddress, returnValue: Int64
  ) {
    guard let colocation, returnValue >= 0 else { return }
    switch call {
    case .set:
      // Its own wish, even where that is the CPU we share.
      stopSharing(colocation)
      warn("--colocate: process \(thread.tid) has set its own affinity: no longer on our CPU")
    case .get:
      guard let count = Int(exactly: returnValue) else { return }
      correctAnswer(stop, at: address, count: count, colocation)
    }
  }

  /// The kernel has just written `count` bytes there, into memory that is therefore there and
  /// writable; the program has not run since. Only an answer that is ours is replaced.
  private mutating func correctAnswer(
    _ stop: borrowing Stop, at address: RemoteAddress, count: Int, _ colocation: Colocation
  ) {
    let range = RemoteRange(start: address, count: count)
    var image = MemoryImage()
    stop.memory.read([range], requested: [range], into: &image)
    guard image.bytes.count == count, let mask = colocation.corrected(image.bytes) else { return }
    if let error = stop.overwrite(address, with: mask) {
      warn("--colocate: thread \(stop.tid) sees one CPU: \(error.name)")
    }
  }
}
