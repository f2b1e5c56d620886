import Decoding
import Records

// Who sends, and by which socket.
extension Tracer {
  /// Asks about the calls that have just been let go on.
  mutating func askAboutRunningCalls() {
    for thread in threadsToAskAbout {
      if let call = thread.call { askWho(&call.snapshot, thread) }
    }
    threadsToAskAbout.removeAll(keepingCapacity: true)
  }

  mutating func askWho(_ snapshot: inout CallSnapshot, _ thread: TracedThread) {
    snapshot.comm = thread.readName()
    guard let arguments = snapshot.arguments else { return }
    var questions: CallQuestions?
    let answer = sockets.ask(fd: arguments.fd, of: thread) { duplicate, socket in
      let asked = CallQuestions(snapshot, socket)
      snapshot.details.ask(duplicate, socket, asked, entry: snapshot.monotonic)
      questions = asked
    }
    snapshot.details.ask(thread.tid, questions ?? CallQuestions(snapshot, nil))
    switch answer {
    case .socket(let socket):
      snapshot.socket = socket
      thread.lastSocket = SocketHint(fd: arguments.fd, socket)
    case .noSocket: break
    case .unlisted: snapshot.socketIsUnknown = true
    case .unreachable: snapshot.ownDescriptorTable = true
    }
  }

  /// A send binds a socket that is not bound: where it was not, its address is asked for again.
  mutating func askLocalAddress(_ snapshot: inout CallSnapshot, _ thread: TracedThread) {
    guard let arguments = snapshot.arguments,
      snapshot.socketIsUnknown || snapshot.socket?.local.isUnbound == true,
      case .socket(let now) = sockets.ask(fd: arguments.fd, of: thread)
    else { return }
    if snapshot.socketIsUnknown {
      snapshot.socket = now
      snapshot.socketIsUnknown = false
    } else if now.inode == snapshot.socket?.inode {
      snapshot.socket?.local = now.local
    }
  }
}

extension TracedThread {
  /// True where the last call on the descriptor found a socket whose peer and mode a send leaves as
  /// they are. Only a hint: what the descriptor is now is asked in any case.
  func isUnchangedBySending(_ arguments: SendArguments?) -> Bool {
    guard let arguments, !arguments.flags.contains(.fastOpen),
      let hint = lastSocket, hint.fd == arguments.fd
    else { return false }
    return hint.isInternetDatagram
  }
}

extension SocketAddressBytes {
  /// True where a socket's own address says that it is not bound: port 0, or no AF_UNIX name.
  var isUnbound: Bool {
    switch (count > 0 ? storage[0] : 0, count) {
    case (2, 4...), (10, 4...): storage[2] == 0 && storage[3] == 0
    case (1, ...2): true
    default: count == 0
    }
  }
}
