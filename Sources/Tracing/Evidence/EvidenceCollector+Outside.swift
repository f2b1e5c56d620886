import Decoding
import Glibc
import Records

// Where the socket itself cannot be asked (pidfd_getfd(2) is refused, as by the profiles of
// containers): what the host says of where a message would have gone, in the network namespace of
// the thread. Nothing is said of it where the socket is not found there: the thread may have gone to
// another one than that which its socket was made in. Options of the socket may have led it elsewhere.
extension EvidenceCollector {
  mutating func askOutside(
    _ subject: Subject, _ socket: SocketSnapshot, _ sockets: borrowing SocketInspector,
    since begin: UInt64, into evidence: inout Evidence
  ) {
    let tid = subject.thread.tid
    let (routes, its) = (sockets.routes, sockets.network(ofUnasked: socket.inode))
    networks.inside(networkOf: -1, of: tid) { network in
      let wasHere = network == its
      guard let state = OutsideState.state(of: socket, seenBy: tid, wasHere: wasHere) else {
        return
      }
      note(state, subject, socket, into: &evidence)
      if !subject.isTooLongForUDP, DestinationProbe.canAsk(socket, subject.address) {
        evidence.destination = destination(of: subject, socket, since: begin)
      }
      if subject.isOf(AF_INET, AF_INET6) {
        let state = routes.state(in: network, since: begin)
        evidence.waysAreSteady = state?.areSteady
        evidence.waysHaveChanged = state?.haveChanged ?? false
        if subject.hasControl, let probe = ProbeSocket(family: AF_INET) {
          evidence.source = InterfaceProbe.source(of: subject.control, socket: probe.number)
        }
      }
      if let earlier = subject.earlierAddress {
        evidence.earlierHasListener = DestinationProbe.hasListener(
          at: earlier, socket, &lookup)
      }
      if evidence.hasSendFilter == nil {
        evidence.hasSendFilter = ControlGroups().hasSendFilter(ofSocket: socket)
      }
      if subject.hasControl || subject.isOf(AF_UNIX) { askLimits(subject, network, &evidence) }
    }
    if evidence.socket != nil, subject.hasControl || subject.isOf(AF_NETLINK) {
      askRights(subject, forNetworkOf: -1, into: &evidence)
    }
  }

  /// What is said of the socket itself.
  private func note(
    _ state: SocketState, _ subject: Subject, _ socket: SocketSnapshot,
    into evidence: inout Evidence
  ) {
    var state = state
    if subject.isOf(AF_PACKET), let probe = ProbeSocket(family: AF_INET) {
      state.interface = InterfaceProbe.interface(
        ofPacketSocket: probe.number, to: subject.address, socket)
    }
    evidence.socket = state
    askPeer(subject, socket, into: &evidence)
  }

  private mutating func destination(
    of subject: Subject, _ socket: SocketSnapshot, since begin: UInt64
  ) -> DestinationState? {
    if subject.isOfUDP, subject.isNeverWaiting, subject.followsItsLike,
      let known = ways.way(of: socket.inode, to: subject.address)
    {
      return .route(known)
    }
    var binding = OutsideState.binding(of: socket)
    binding.follow(subject.control)
    if subject.flags.contains(.dontRoute) { binding.staysOnLink = true }
    let found = DestinationProbe.probe(
      subject.address, socket, binding: binding, thread: subject.thread, hearsOfErrors: true,
      needsDevice: true, since: begin, &lookup)
    guard case .route(var route)? = found else { return found }
    route.isForOthers = true
    if route.hasListener != false {
      var remembered = route
      remembered.learnedMTU = nil
      ways.remember(remembered, of: socket.inode, to: subject.address)
    }
    return .route(route)
  }
}
