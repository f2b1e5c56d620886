import Records
import Testing

extension SendCall {
  /// A call, sketched by what a verdict looks at. `bytes` are what each message shown asks for,
  /// `taken` the `msg_len` of those that were counted.
  static func sketch(
    abi: ABI = .x86_64, vlen: UInt32?, flags: SendFlags = [], bytes: [UInt64?] = [],
    taken: [UInt32?] = [], hasSocket: Bool = true, type: SocketType = .datagram,
    notes: [Note] = [], _ result: CallResult
  ) -> SendCall {
    let socket = SocketDescription(
      family: AddressFamily(rawValue: 2), type: type,
      protocolNumber: type == .stream ? 6 : 17, inode: 1,
      nonblocking: false, local: nil, peer: nil)
    let arguments = vlen.map {
      SendArguments(fd: 3, vector: RemoteAddress(0x1000), vectorLength: $0, flags: flags)
    }
    let null = RemoteAddress(0)
    let header = MessageHeader(
      name: null, nameLength: 0, iovecs: null, iovecCount: 0, control: null, controlLength: 0,
      flags: [])
    let messages = bytes.enumerated().map { index, bytes in
      Message(
        index: index, header: bytes == nil ? nil : header, bytes: bytes,
        sentLength: taken.indices.contains(index) ? taken[index] : nil, name: nil, iovecs: nil,
        payload: Payload(data: nil, truncated: false, fault: nil), control: nil, fault: nil,
        truncated: false)
    }
    return SendCall(
      sequence: 1, time: 0, monotonic: 0, duration: nil, pid: 1, tid: 1, comm: "app", abi: abi,
      syscall: vlen == nil ? .socketcall : .sendmmsg, arguments: arguments,
      socket: hasSocket ? socket : nil, result: result, messages: messages, notes: notes)
  }
}

extension SendCall: CustomTestStringConvertible {
  /// Short: the reason beside it says what it is about.
  package var testDescription: String { "\(abi.name) \(syscall.name)" }
}
