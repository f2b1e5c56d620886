package import Records

/// Turns what was read of a tracee into the fields of a call.
///
/// It judges nothing but the form: what could not be read, and what the kernel refuses for its
/// form alone, is nil with the reason beside it. It takes any bytes at all.
package struct Decoder {
  private let notesSkippedLSM: Bool
  private let readUsers: @Sendable () -> UserNames
  private lazy var users = readUsers()
  // Scratch, kept for the storage alone.
  private var entries: [Entry] = []

  /// `notesSkippedLSM` notes which messages the kernel's security modules are not asked about:
  /// true of nearly every batch to one destination, and so asked for by few.
  /// `users` is called once, when the first message with credentials is decoded.
  package init(
    notesSkippedLSM: Bool = false, users: @escaping @Sendable () -> UserNames = { UserNames() }
  ) {
    self.notesSkippedLSM = notesSkippedLSM
    readUsers = users
  }

  /// Decodes one call.
  package mutating func decode(_ snapshot: borrowing CallSnapshot) -> SendCall {
    let result = CallResult(snapshot.exit)
    let socket = snapshot.socket.map {
      SocketDescription($0, interfaces: snapshot.details.interfaces)
    }
    var duration: UInt64?
    if result != .unfinished, let exit = snapshot.exit {
      duration = exit.monotonic > snapshot.monotonic ? exit.monotonic - snapshot.monotonic : 0
    }
    var oddities = MessageOddities()
    let messages = decodeMessages(
      snapshot, counted: result.count, socket: socket, oddities: &oddities)
    var call = SendCall(
      sequence: snapshot.sequence, time: snapshot.time, monotonic: snapshot.monotonic,
      duration: duration, pid: snapshot.pid, tid: snapshot.tid, comm: snapshot.comm,
      abi: snapshot.abi, syscall: snapshot.syscall, arguments: snapshot.arguments, socket: socket,
      result: result, messages: messages, notes: Note.notes(on: snapshot, oddities))
    call.wasFiltered = snapshot.ownFilters == .refused
    if case .attaching = snapshot.cutShortBy { call.entryWasSeen = false }
    call.kernelResults = snapshot.kernelResults
    call.evidence = snapshot.evidence
    call.partIsUnchanged = snapshot.partIsUnchanged
    return call
  }

  /// The bytes of each message, nil for those that `image` does not have as a whole.
  mutating func contents(
    of snapshot: borrowing CallSnapshot, in image: borrowing MemoryImage
  ) -> [ArraySlice<UInt8>?] {
    guard let arguments = snapshot.arguments else { return [] }
    let layout = MessageLayout.of(snapshot.abi)
    entries.removeAll(keepingCapacity: true)
    EntryArray(arguments, layout).readHeaders(snapshot.vector, into: &entries)
    let payload = readPayload(
      snapshot, layout, in: image, limit: CallSnapshot.longestContents
    ).payload
    return entries.map { entry in
      guard entry.bytes != nil, !entry.payload.truncated, entry.payload.fault == nil
      else { return nil }
      return entry.payload.materialized(image: image.bytes, gathered: payload.gathered) { _ in nil }
        .data
    }
  }

  /// Finds the iovecs of all entries, and what they point at in `image`.
  private mutating func readPayload(
    _ snapshot: borrowing CallSnapshot, _ layout: MessageLayout, in image: borrowing MemoryImage,
    limit: UInt64
  ) -> (iovecs: IOVectorReader, payload: PayloadReader) {
    var iovecs = IOVectorReader(layout, AddressSpace(snapshot.abi), capacityFor: entries)
    var payload = PayloadReader(limit: limit, budget: .payload(entries: entries.count))
    for index in entries.indices {
      iovecs.read(&entries[index], snapshot.headers)
      payload.read(&entries[index], iovecs: iovecs.iovecs, image)
    }
    return (iovecs, payload)
  }

  /// In two rounds: the iovecs and payload of all messages go into one array each, and once these
  /// are whole every message takes its slices.
  private mutating func decodeMessages(
    _ snapshot: borrowing CallSnapshot, counted: Int, socket: SocketDescription?,
    oddities: inout MessageOddities
  ) -> [Message] {
    guard let arguments = snapshot.arguments else { return [] }
    let layout = MessageLayout.of(snapshot.abi)
    let array = EntryArray(arguments, layout)
    entries.removeAll(keepingCapacity: true)
    array.readHeaders(snapshot.vector, into: &entries)

    let (iovecs, payload) = readPayload(
      snapshot, layout, in: snapshot.payload, limit: snapshot.payloadLimit)
    let kind = socket.map { SocketKind($0) }
    var maker = MessageMaker(
      iovecs: iovecs.iovecs, gathered: payload.gathered, image: snapshot.payload.bytes,
      addresses: AddressReader(socket: kind, interfaces: snapshot.details.interfaces),
      hints: PayloadHint(socket: socket),
      control: ControlBlockReader(
        layout, socket, details: snapshot.details,
        users: snapshot.details.sharesUsers ? users : UserNames(),
        budget: .control(entries: entries.count),
        count: .controlMessages(entries: entries.count)),
      segmentation: DatagramCutting(kind, snapshot.details, arguments.flags),
      layout: layout)
    var examiner = MessageExaminer(
      arguments, layout, counted: counted, socket: kind,
      isCorked: snapshot.details.isCorked, notesSkippedLSM: notesSkippedLSM)
    let mutations = MutationReader(snapshot, arguments)
    var messages: [Message] = []
    messages.reserveCapacity(entries.count)
    for index in entries.indices {
      let entry = entries[index]
      let message = maker.message(
        index, entry, snapshot.headers,
        sentLength: index < counted ? snapshot.sentLength(ofMessage: index) : nil)
      let mutated = mutations.changes(index, message, snapshot)
      examiner.examine(
        message, entry, name: maker.nameBytes, withheld: maker.withheld,
        mutated: mutated ?? [], snapshot.headers)
      messages.append(consume message)
      if let mutated { messages[index].mutated = mutated }
    }
    oddities = examiner.oddities
    return messages
  }
}
