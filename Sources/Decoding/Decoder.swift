package import Records

/// Turns what was read of a tracee into the fields of a call.
///
/// It judges nothing but the form: what could not be read, and what the kernel refuses for its
/// form alone, is nil with the reason beside it. It takes any bytes at all.
package struct Decoder {
  /// The most payload bytes shown of a call, over all its messages.
  ///
  /// Each of 1,024 messages may point at the same memory, so that a small capture could otherwise
  /// become a huge record. It leaves room for 1,024 datagrams of the largest size.
  package static let payloadBudget = 1024 << 16
  /// The most bytes of control blocks split up for a call, for the same reason.
  package static let controlBudget = 8 << 20

  // Scratch, kept for the storage alone.
  private var entries: [Entry] = []

  package init() {}

  /// Decodes one call.
  package mutating func decode(_ snapshot: borrowing CallSnapshot) -> SendCall {
    let result = CallResult(snapshot.exit)
    let socket = snapshot.socket.map { SocketDescription($0) }
    var duration: UInt64?
    if result != .unfinished, let exit = snapshot.exit {
      duration = exit.monotonic > snapshot.monotonic ? exit.monotonic - snapshot.monotonic : 0
    }
    var budget = BudgetCuts()
    let messages = decodeMessages(
      snapshot, counted: result.count, socket: socket, budget: &budget)
    return SendCall(
      sequence: snapshot.sequence, time: snapshot.time, monotonic: snapshot.monotonic,
      duration: duration, pid: snapshot.pid, tid: snapshot.tid, comm: snapshot.comm,
      abi: snapshot.abi, syscall: snapshot.syscall, arguments: snapshot.arguments, socket: socket,
      result: result, messages: messages, notes: Note.notes(on: snapshot, budget: budget))
  }

  /// In two rounds: the iovecs and payload of all messages go into one array each, and once these
  /// are whole every message takes its slices.
  private mutating func decodeMessages(
    _ snapshot: borrowing CallSnapshot, counted: Int, socket: SocketDescription?,
    budget: inout BudgetCuts
  ) -> [Message] {
    guard let arguments = snapshot.arguments else { return [] }
    let layout = MessageLayout.of(snapshot.abi)
    let array = EntryArray(arguments, layout)
    entries.removeAll(keepingCapacity: true)
    array.readHeaders(snapshot.vector, into: &entries)

    var iovecs = IOVectorReader(layout, AddressSpace(snapshot.abi), capacityFor: entries)
    var payload = PayloadReader(limit: snapshot.payloadLimit, budget: Self.payloadBudget)
    for index in entries.indices {
      iovecs.read(&entries[index], snapshot.headers)
      payload.read(&entries[index], iovecs: iovecs.iovecs, snapshot.payload)
    }

    var control = ControlBlockReader(layout, socket, budget: Self.controlBudget)
    var messages: [Message] = []
    messages.reserveCapacity(entries.count)
    for index in entries.indices {
      let message = makeMessage(
        index, snapshot, iovecs: iovecs.iovecs, gathered: payload.gathered, control: &control,
        sentLength: index < counted ? array.sentLength(index, snapshot.counted) : nil)
      if message.truncated || entries[index].payload.cutByBudget { budget.note(index) }
      messages.append(message)
    }
    return messages
  }

  private func makeMessage(
    _ index: Int, _ snapshot: borrowing CallSnapshot, iovecs: [IOVector], gathered: [UInt8],
    control: inout ControlBlockReader, sentLength: UInt32?
  ) -> Message {
    let entry = entries[index]
    var message = Message(
      index: index, header: entry.header, bytes: entry.bytes, sentLength: sentLength, name: nil,
      iovecs: entry.iovecs.map { iovecs[$0] },
      payload: Payload(data: nil, truncated: false, fault: nil),
      control: nil, fault: entry.fault, truncated: entry.truncated)
    guard let header = entry.header else { return message }
    message.iovecRefusal = entry.refusal
    message.payload = entry.payload.materialized(
      image: snapshot.payload.bytes, gathered: gathered)

    if let range = header.nameRange {
      let extent = snapshot.headers.extent(of: range)
      switch extent.missing {
      case .nothing:
        message.name = SocketAddress(decoding: snapshot.headers.bytes, in: extent.bytes)
      case .fault(let address): message.fault = address
      case .budget: message.truncated = true
      }
    }
    message.fault = message.fault ?? entry.iovecFault
    control.read(header, snapshot.headers, into: &message)
    return message
  }
}
