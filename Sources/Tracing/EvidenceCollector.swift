import CTracee
import Decoding
import Glibc
import Records

/// Gathers what can be known about a message that failed, while its thread is stopped behind the
/// call (kernel.md §3.0).
///
/// Nothing is asked that takes away what the program is to see: no SO_ERROR, and no receive. The
/// duplicate of the socket is closed before the thread runs.
struct EvidenceCollector {
  private let kernel = KernelRelease(ProcFile.kernelRelease)
  private let securityModules = SecurityModuleProbe()
  private let networks = NetworkNamespaces()

  /// Adds what is found to a call that did not send everything.
  func collect(
    _ snapshot: inout CallSnapshot, _ thread: TracedThread, _ stop: borrowing Stop,
    sockets: borrowing SocketInspector
  ) {
    guard let index = snapshot.failedMessage else { return }
    var evidence = Evidence(message: index)
    evidence.kernel = kernel
    evidence.securityModules = securityModules.modules(confining: thread.tid)
    MessageProbe.probe(snapshot, index, thread, memory: stop.memory, into: &evidence)
    let status = ThreadStatus(thread.tid)
    evidence.pendingSignals = status?.unblockedSignals ?? 0
    evidence.hasOwnBrokenPipe = status?.hasPending(.brokenPipe) == true && stop.hasOwnBrokenPipe()
    evidence.credentials = status?.credentials(tid: thread.tid)
    evidence.closedDescriptors = closedDescriptors(snapshot, index, thread)
    evidence.passedProcessExists = passedProcessExists(snapshot, index, status)
    askSocket(snapshot, index, thread, sockets: sockets, into: &evidence)
    snapshot.evidence = evidence
  }

  private func askSocket(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    sockets: borrowing SocketInspector, into evidence: inout Evidence
  ) {
    guard let fd = snapshot.arguments?.fd, let socket = snapshot.socket else { return }
    sockets.withDuplicate(fd: fd, of: thread) { duplicate in
      var state = SocketProbe.state(of: duplicate, socket)
      evidence.source = InterfaceProbe.source(
        of: snapshot.controlMessages(ofMessage: index), socket: duplicate)
      if socket.family == UInt16(AF_PACKET) {
        state.interface = InterfaceProbe.interface(
          ofPacketSocket: duplicate, to: snapshot.addressBytes(ofMessage: index), socket)
      }
      var binding = SocketProbe.binding(of: duplicate)
      if snapshot.arguments?.flags.contains(.dontRoute) == true { binding.staysOnLink = true }
      evidence.socket = state
      networks.inside(networkOf: thread.tid) {
        evidence.limits = Self.limits
        evidence.destination = DestinationProbe.probe(
          snapshot, index, binding: binding, thread: thread)
      }
    }
    evidence.hasSendFilter = Self.hasSendFilter(socket, thread)
  }

  private func closedDescriptors(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread
  ) -> [Int32]? {
    let passed = snapshot.controlMessages(ofMessage: index)
      .filter { $0.level == SOL_SOCKET && $0.type == 1 }
      .flatMap { $0.descriptors }
    guard !passed.isEmpty else { return nil }
    return passed.prefix(Self.maximumDescriptors).filter {
      $0 >= 0 && ProcFile.link("/proc/\(thread.tid)/fd/\($0)") == nil
    }
  }

  /// Of SCM_CREDENTIALS; nil where there are none, or the process numbers others than we do.
  private func passedProcessExists(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ status: ThreadStatus?
  ) -> Bool? {
    guard status?.isInOurNamespace == true else { return nil }
    let control = snapshot.controlMessages(ofMessage: index)
    guard let passed = control.first(where: { $0.level == SOL_SOCKET && $0.type == 2 }),
      passed.data.count >= 4
    else { return nil }
    let pid = passed.data.int32(at: 0)
    guard pid > 0 else { return false }
    return kill(pid, 0) == 0 || errno == EPERM
  }

  /// SCM_MAX_FD.
  private static let maximumDescriptors = 253

  /// Of the network namespace that we are in.
  private static var limits: SystemLimits {
    var limits = SystemLimits()
    limits.optionMemory = ProcFile.number("/proc/sys/net/core/optmem_max")
    limits.datagramQueue = ProcFile.number("/proc/sys/net/unix/max_dgram_qlen")
    return limits
  }

  /// Whether BPF programs of the cgroup look at messages with an address; nil where we may not ask.
  private static func hasSendFilter(_ socket: SocketSnapshot, _ thread: TracedThread) -> Bool? {
    guard socket.family == UInt16(AF_INET) || socket.family == UInt16(AF_INET6) else {
      return false
    }
    guard let path = ProcFile.cgroup(ofThread: thread.tid) else { return nil }
    let fd = unsafe open("/sys/fs/cgroup" + path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    defer { _ = close(fd) }
    let counts = [tracee_send_filters(fd, false), tracee_send_filters(fd, true)]
    if counts.contains(where: { $0 > 0 }) { return true }
    return counts.contains { $0 < 0 } ? nil : false
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
