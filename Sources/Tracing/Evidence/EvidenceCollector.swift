import CTracee
import Decoding
import Glibc
import Records

/// Gathers what can be known about a message that failed, while its thread is stopped behind the
/// call (kernel.md §3.0).
///
/// Nothing is asked that takes away what the program is to see: no SO_ERROR, and no receive. The
/// duplicate of the socket is closed before the thread runs. And nothing is asked that no check of
/// the kernel's would look at: programs that fill their queues fall short all the time.
struct EvidenceCollector {
  private let kernel = KernelRelease(ProcFile.kernelRelease)
  private let securityModules = SecurityModuleProbe()
  let networks = NetworkNamespaces()
  let watch = SocketWatch()
  var acquaintance = Acquaintance()
  var ways = RecentWays()
  var lookup = UDPLookup()
  private var limits = AgingFact<SystemLimits>()
  private var programs = BPFPrograms()
  private lazy var freezers = Freezers()

  /// Adds what is found to a call that did not send everything. Returns what the answer to is still
  /// to come.
  mutating func collect(
    _ snapshot: inout CallSnapshot, _ thread: TracedThread, _ stop: borrowing Stop,
    _ status: ThreadStatus?, sockets: borrowing SocketInspector, _ company: SocketCompany,
    in table: inout ThreadTable
  ) -> SocketQuestion? {
    guard let index = snapshot.failedMessage else {
      if let part = snapshot.messageInPart {
        snapshot.partIsUnchanged =
          thread.wasAlone(company.others)
          && MessageProbe.isUnchanged(snapshot, part, thread, memory: stop.memory)
      }
      return nil
    }
    // First: the others may run in a moment.
    let isOnlyThread = thread.wasAlone(company.others)
    let mayHaveRing = thread.process.rings.mayBe(in: thread.process.pid)
    thread.process.restWatch.renew(at: snapshot.exit?.monotonic ?? 0)
    acquaintance.effort.renew(at: snapshot.exit?.monotonic ?? 0)
    var question: SocketQuestion?
    let subject = Subject(snapshot, index, thread)
    var evidence = Evidence(message: index)
    evidence.kernel = kernel
    evidence.mayHaveRing = mayHaveRing
    evidence.securityModules = securityModules.modules(confining: thread.tid)
    evidence.hasLandlock = securityModules.hasLandlock
    MessageProbe.probe(snapshot, index, thread, memory: stop.memory, into: &evidence)
    if subject.concernsThread, let status = status ?? ThreadStatus(thread.tid) {
      evidence.pendingSignals = status.unblockedSignals
      evidence.signalMayBeTaken = !isOnlyThread
      evidence.getsSignals = thread.process.getsSignals
      if !subject.isNeverWaiting, evidence.pendingSignals == 0 {
        evidence.isFrozen = freezers.hold(thread.tid)
      }
      evidence.hasOwnBrokenPipe = hasOwnBrokenPipe(status, stop)
      evidence.credentials = status.credentials(
        descriptorLimit: subject.passesDescriptors
          ? ProcFile.descriptorLimit(ofThread: thread.tid) : nil)
      if subject.hasControl {
        evidence.credentials?.countForMachine = UserNamespaces.isInitial(of: thread.tid)
        evidence.credentials?.hasOurUsers = UserNamespaces.isOurs(thread.tid)
        if subject.namesItself {
          evidence.credentials?.userMap = UserNamespaces.numbers(of: thread.tid, "uid_map")
          evidence.credentials?.groupMap = UserNamespaces.numbers(of: thread.tid, "gid_map")
          let rights = UserNamespaces.rightsAmongProcesses(
            of: thread.tid, user: evidence.credentials?.userIDs.dropFirst().first)
          evidence.credentials?.countForProcesses = rights.map { $0 != .none }
          evidence.credentials?.ownsProcesses = rights == .all
        }
      }
      if subject.namesItself {
        evidence.missingProcesses =
          status.isInOurNamespace ? missingProcesses(subject) : missingInside(subject)
      }
    }
    if subject.passesDescriptors { lookAtDescriptors(subject, into: &evidence) }
    if let fd = snapshot.arguments?.fd, let socket = snapshot.socket {
      evidence.hasSendFilter = hasSendFilter(subject, socket)
      var isAsked = false
      sockets.withDuplicate(fd: fd, of: thread) { duplicate in
        isAsked = true
        guard SocketInspector.inode(duplicate) == socket.inode else {
          // Another socket by now: what it says is of no use.
          evidence.socketIsShared = true
          return
        }
        var socket = socket
        // A send binds it.
        if socket.local.isUnbound, let local = sockets.localAddress(duplicate) {
          socket.local = local
          snapshot.socket?.local = local
        }
        askSocket(subject, socket, duplicate, into: &evidence)
        question = askOwners(
          subject, socket, duplicate, isOnlyThread && !mayHaveRing ? company : nil,
          since: snapshot.monotonic,
          until: snapshot.exit?.monotonic ?? .max, in: &table, into: &evidence)
        askWay(
          subject, socket, duplicate, sockets.routes, since: company.begin, into: &evidence)
        if subject.hasControl || subject.isOf(AF_NETLINK) {
          askRights(subject, forNetworkOf: duplicate, into: &evidence)
        }
        if subject.hasControl || subject.isOf(AF_UNIX) {
          networks.inside(networkOf: duplicate, of: thread.tid) { network in
            askPeer(subject, socket, into: &evidence)
            askLimits(subject, network, &evidence)
          }
        }
        if evidence.hasSendFilter == nil {
          networks.inside(networkOf: duplicate, of: thread.tid) { _ in
            evidence.hasSendFilter = ControlGroups().hasSendFilter(ofSocket: socket)
          }
        }
      }
      if !isAsked, ProcSockets.inode(fd: fd, tid: thread.tid) == socket.inode {
        askOutside(subject, socket, sockets, since: company.begin, into: &evidence)
      }
    }
    // What was asked is how things were in the call only where nobody has run until now.
    if isOnlyThread, case .had(let others) = company.others, !others.haveRested(besides: thread) {
      evidence.socketIsShared = true
      question = nil
    }
    snapshot.evidence = evidence
    return question
  }

  private func askSocket(
    _ subject: Subject, _ socket: SocketSnapshot, _ duplicate: Int32,
    into evidence: inout Evidence
  ) {
    var state = SocketProbe.state(
      of: duplicate, socket, flags: subject.flags, hasControl: subject.hasControl)
    if subject.isOf(AF_PACKET) {
      state.interface = InterfaceProbe.interface(
        ofPacketSocket: duplicate, to: subject.address, socket)
    }
    evidence.socket = state
    evidence.source = InterfaceProbe.source(of: subject.control, socket: duplicate)
  }

  /// Whether the peer takes nothing any more, which a message finds when it has waited.
  func askPeer(
    _ subject: Subject, _ socket: SocketSnapshot, into evidence: inout Evidence
  ) {
    guard subject.isOf(AF_UNIX), socket.type == Int32(SOCK_DGRAM.rawValue),
      subject.address == nil, !subject.isNeverWaiting || evidence.socket?.isWritable != false
    else { return }
    evidence.socket?.peerIsShutForReceiving = SocketDump.peerIsShutForReceiving(
      ofUnix: socket.inode)
  }

  /// What is set for a network namespace, the one that we are in, of that number.
  mutating func askLimits(_ subject: Subject, _ network: UInt64, _ evidence: inout Evidence) {
    evidence.limits = limits.value(of: Int32(truncatingIfNeeded: network)) { Self.limits }
    // May have been another a moment ago.
    if subject.hasControl, Self.limits.optionMemory != evidence.limits.optionMemory {
      evidence.limits.optionMemory = nil
    }
  }

  /// What the thread may do in the network of a socket of ours; in its own for none, -1.
  func askRights(_ subject: Subject, forNetworkOf socket: Int32, into evidence: inout Evidence) {
    let rights = UserNamespaces.rights(
      of: subject.thread.tid, user: evidence.credentials?.userIDs.dropFirst().first,
      forNetworkOf: socket)
    evidence.credentials?.countForNetwork = rights.map { $0 != .none }
    evidence.credentials?.ownsNetwork = rights == .all
  }

  /// Whether BPF programs may look at datagrams with an address: mostly there is none at all. Nil
  /// where the cgroup is to be asked.
  private mutating func hasSendFilter(_ subject: Subject, _ socket: SocketSnapshot) -> Bool? {
    let isFiltered =
      subject.isOf(AF_INET, AF_INET6)
      || subject.isOf(AF_UNIX) && subject.address != nil
        && kernel.map { $0 >= KernelRelease(6, 7) } ?? true
    guard isFiltered, socket.type == Int32(SOCK_DGRAM.rawValue) else { return false }
    return programs.mayInclude(BPFPrograms.socketAddress) == false ? false : nil
  }

  /// Nil where one waits that is blocked, or of another origin: beside an earlier one none is
  /// queued.
  private func hasOwnBrokenPipe(_ status: ThreadStatus, _ stop: borrowing Stop) -> Bool? {
    guard status.hasPending(.brokenPipe) else { return false }
    guard stop.hasOwnBrokenPipe() else { return nil }
    return status.unblockedSignals >> UInt64(Signal.brokenPipe.rawValue - 1) & 1 == 1 ? true : nil
  }

  /// Of SCM_RIGHTS: which are closed, and which may not be passed.
  private func lookAtDescriptors(_ subject: Subject, into evidence: inout Evidence) {
    let passed = subject.control.filter { $0.level == SOL_SOCKET && $0.type == 1 }
      .flatMap { $0.descriptors }
    var (closed, rings): ([Int32], [Int32]) = ([], [])
    for number in passed.prefix(ControlMessage.maximumDescriptors) where number >= 0 {
      switch ProcFile.link("/proc/\(subject.thread.tid)/fd/\(number)") {
      case nil where errno == ENOENT: closed.append(number)
      case nil: return
      case "anon_inode:[io_uring]": rings.append(number)
      default: continue
      }
    }
    evidence.closedDescriptors = closed
    evidence.ringDescriptors = rings
  }

  /// Of all SCM_CREDENTIALS: each is looked at (`__scm_send`).
  private func missingProcesses(_ subject: Subject) -> [Int32] {
    subject.namedProcesses.filter { pid in pid <= 0 || kill(pid, 0) != 0 && errno != EPERM }
  }

  /// The same in a PID namespace of the thread's own, below ours; nil where the kernel (before 6.11)
  /// does not say.
  private func missingInside(_ subject: Subject) -> [Int32]? {
    let processes = Descriptor(
      unsafe open("/proc/\(subject.thread.tid)/ns/pid", O_RDONLY | O_CLOEXEC))
    var missing: [Int32] = []
    for pid in subject.namedProcesses {
      let found = pid > 0 ? tracee_thread_in_namespace(processes.number, pid) : -ESRCH
      if found == -ESRCH { missing.append(pid) } else if found < 0 { return nil }
    }
    return missing
  }

  /// Of the network namespace that we are in.
  private static var limits: SystemLimits {
    var limits = SystemLimits()
    limits.optionMemory = ProcFile.number("/proc/sys/net/core/optmem_max")
    limits.datagramQueue = ProcFile.number("/proc/sys/net/unix/max_dgram_qlen")
    return limits
  }
}

extension ControlMessage {
  /// The data as descriptors.
  fileprivate var descriptors: [Int32] {
    (0..<data.count / 4).map { slot in
      Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[slot * 4 + $1]) << UInt32($1 * 8) })
    }
  }
}
