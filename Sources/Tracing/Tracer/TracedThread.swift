import Decoding
import Records

/// What is known of a traced thread.
final class TracedThread {
  let tid: Int32
  let process: TracedProcess
  /// The stop it is in, where that has been seen to and others are to be seen to first.
  var stop: Stop?
  /// The signal that it is then to have.
  var signalToDeliver: Signal?
  var current = CurrentCall.unobserved
  /// Calls that a signal interrupted and that may be taken up again, outermost first: a handler
  /// can make calls of its own.
  var suspendedCalls: [RecordedCall] = []
  /// True while an interrupt of ours is on its way to it.
  var awaitsInterrupt = false
  /// True once it runs without stopping at calls, for us to leave.
  var isUndisturbed = false
  /// True from the entry of rt_sigreturn to the next entry.
  var returnsFromSignal = false
  /// A wait for a queue or semaphores that our interrupt ended and that is made again.
  var restarting: CallSite?
  /// A call that is about to be made again: until it is entered, or a handler's signal comes.
  var repeating: ReturningCall?
  /// A call with a timeout that it is in.
  var wait: TimedWait?
  /// What it sent on last: most threads keep to one socket.
  var lastSocket: SocketHint?
  /// Its /proc/TID/schedstat; nil until it is needed.
  var times: Descriptor?
  /// A pidfd of the thread's own, for its descriptors; nil until it is needed.
  var pidfd: Descriptor?
  /// The descriptor that was asked last where sockets cannot be asked themselves.
  private var infoFile: DescriptorInfoFile?
  private var name = ThreadName()

  init(tid: Int32, process: TracedProcess) {
    self.tid = tid
    self.process = process
  }

  /// Its name as it is now: prctl(PR_SET_NAME) changes it unseen.
  func readName() -> String { name.read(tid) }

  /// What /proc says of a descriptor of its own; nil where it is closed, or that cannot be read.
  func descriptorInfo(_ fd: Int32) -> DescriptorInfo? {
    if let infoFile, infoFile.fd == fd { return infoFile.read() }
    guard let opened = DescriptorInfoFile(fd: fd, tid: tid) else { return nil }
    infoFile = opened.mayBeKept ? opened : nil
    return opened.read()
  }

  /// The recorded call it is in.
  var call: RecordedCall? {
    if case .recorded(let call) = current { call } else { nil }
  }

  /// The call it was in, which it is in no more after that.
  func leaveCall() -> CurrentCall {
    defer { current = .unobserved }
    return current
  }

  /// The recorded calls it is in, outermost first, which it is in no more after that.
  func takeCalls() -> [RecordedCall] {
    defer { suspendedCalls = [] }
    guard let call else { return suspendedCalls }
    current = .unobserved
    return suspendedCalls + [call]
  }
}

/// The system call that a thread is in, as far as its end is of interest.
enum CurrentCall {
  case unobserved
  case recorded(RecordedCall)
  /// A send by another system call.
  indirect case otherSend(OtherSendSnapshot)
  /// A call about the CPUs of a thread that shares ours, and where the mask lies.
  case affinity(SystemCallTable.AffinityCall, mask: RemoteAddress)
}

/// What a descriptor was when it was asked last.
struct SocketHint {
  var fd: Int32
  /// AF_INET or AF_INET6, and SOCK_DGRAM.
  var isInternetDatagram: Bool

  init(fd: Int32, _ socket: SocketSnapshot) {
    self.fd = fd
    isInternetDatagram = (socket.family == 2 || socket.family == 10) && socket.type == 2
  }
}
