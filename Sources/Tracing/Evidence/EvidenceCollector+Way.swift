import Decoding
import Glibc
import Records

// Where the message would have gone, as far as any check comes to it.
extension EvidenceCollector {
  /// `begin` is when the thread was let go into its call.
  mutating func askWay(
    _ subject: Subject, _ socket: SocketSnapshot, _ duplicate: Int32, _ routes: RouteWatches,
    since begin: UInt64, into evidence: inout Evidence
  ) {
    guard let state = evidence.socket, !subject.isTooLongForUDP,
      DestinationProbe.canAsk(socket, subject.address)
    else { return }
    let isBehindFullQueue =
      subject.isNeverWaiting && state.isWritable == false && evidence.payload == .readable
    if isBehindFullQueue, subject.isOfUDP, subject.followsItsLike,
      let known = ways.way(of: socket.inode, to: subject.address)
    {
      evidence.destination = .route(known)
      return
    }
    askDestination(subject, socket, duplicate, state, since: begin, into: &evidence)
    if subject.isOf(AF_INET, AF_INET6) {
      networks.inside(networkOf: duplicate, of: subject.thread.tid) { network in
        // Afterwards: what has just been found is then what was all through the call.
        let state = routes.state(in: network, since: begin)
        evidence.waysAreSteady = state?.areSteady
        evidence.waysHaveChanged = state?.haveChanged ?? false
      }
    }
    // A socket that hears that nobody listens is asked again.
    if case .route(var found)? = evidence.destination, found.hasListener != false {
      found.learnedMTU = nil
      ways.remember(found, of: socket.inode, to: subject.address)
    }
  }

  private mutating func askDestination(
    _ subject: Subject, _ socket: SocketSnapshot, _ duplicate: Int32,
    _ state: SocketState, since begin: UInt64, into evidence: inout Evidence
  ) {
    var binding = SocketBinding()
    if subject.isOf(AF_INET, AF_INET6) {
      binding = SocketBinding(of: duplicate, socket)
      binding.follow(subject.control)
      if subject.flags.contains(.dontRoute) { binding.staysOnLink = true }
    }
    let hearsOfErrors = state.isConnected != false || state.receivesErrors != false
    networks.inside(networkOf: duplicate, of: subject.thread.tid) { _ in
      evidence.destination = DestinationProbe.probe(
        subject.address, socket, binding: binding, thread: subject.thread,
        hearsOfErrors: hearsOfErrors, needsDevice: state.sendsByDevice, since: begin, &lookup)
      if hearsOfErrors, let earlier = subject.earlierAddress {
        evidence.earlierHasListener = DestinationProbe.hasListener(
          at: earlier, socket, &lookup)
      }
    }
  }
}
