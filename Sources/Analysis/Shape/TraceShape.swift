package import Records

/// What a run did, without what differs from run to run: how often each of its traits occurred.
///
/// Process numbers, times, descriptors, inodes and ports that the kernel chose are left out.
/// Programs are told apart by the name of the process, not of the thread: which thread of a pool
/// makes a call is chance.
package struct TraceShape: Sendable {
  private var counts: [ShapeTrait: UInt64] = [:]

  /// From which the kernel chose ports in this run, as far as is known.
  private(set) var chosenPorts = ChosenPorts()
  /// True where sends by other system calls were not looked at.
  private(set) var isOnlySendmmsg = false

  private var programs = ProgramNames()
  /// The programs whose calls fell short, for what is said of these later.
  private var shortCalls = RecentCalls<String>()

  package init() {}

  package mutating func add(_ event: TraceEvent) {
    switch event {
    // A file that goes on with another brings nothing new.
    case .start(let start):
      if start.previous == nil { forgetNumbers() }
      if let ports = start.localPorts { chosenPorts.insert(ports) }
      if start.isOnlySendmmsg { isOnlySendmmsg = true }
    case .call(let call, let verdict): add(call, verdict)
    case .process(let event): add(event)
    case .followUp(let followUp):
      let (program, number) = (shortCalls[followUp.of] ?? "", UInt64(followUp.messages.count))
      count(program, .followUp(followUp.how), number)
      if let revised = followUp.revises { uncount(program, .followUp(revised), number) }
    case .end(let end): if let exit = end.exit { count("", .exit(exit)) }
    }
  }

  /// Numbers of calls and processes mean something else in the next trace.
  private mutating func forgetNumbers() {
    programs.removeAll()
    shortCalls.forgetAll()
  }

  private mutating func add(_ call: SendCall, _ verdict: Verdict) {
    let program = programs[call.pid] ?? call.comm
    if verdict.outcome != .complete { shortCalls.remember(program, of: call.sequence) }
    count(program, .calls)
    if let socket = call.socket { count(program, .socket(ShapeTrait.Socket(socket))) }
    if let arguments = call.arguments {
      count(program, .flags(arguments.flags))
      count(program, .batch(arguments.vectorLength))
    }
    count(program, .outcome(verdict.outcome))
    if let cause = verdict.cause { count(program, .cause(cause, verdict.errno)) }
    for index in call.messages.indices {
      count(program, .destination(call.destination(ofMessage: index)?.withoutChance(chosenPorts)))
      for control in call.messages[index].control ?? [] {
        count(program, .control(level: control.level, type: control.type))
      }
    }
  }

  private mutating func add(_ event: ProcessEvent) {
    let program = programs.add(event) ?? ""
    switch event.kind {
    case .started, .attached, .exec, .forked: count(program, .process(event.kind))
    case .exited: count(program, .exit(.exited(event.code ?? 0)))
    case .killed:
      if let signal = event.signal { count(program, .exit(.killed(signal))) }
    // What we did, not the program.
    case .detached, .refused: break
    }
  }

  /// The counts, where `ports` are taken for chosen by the kernel, too.
  func counts(without ports: ChosenPorts) -> [ShapeTrait: UInt64] {
    var joined: [ShapeTrait: UInt64] = [:]
    joined.reserveCapacity(counts.count)
    for (trait, count) in counts {
      var trait = trait
      if case .destination(let address?) = trait.kind {
        trait.kind = .destination(address.withoutChance(ports))
      }
      joined[trait, default: 0] &+= count
    }
    return joined
  }

  /// Takes back what was counted.
  private mutating func uncount(_ program: String, _ kind: ShapeTrait.Kind, _ number: UInt64) {
    let trait = ShapeTrait(program: program, kind: kind)
    guard let count = counts[trait] else { return }
    counts[trait] = count > number ? count - number : nil
  }

  private mutating func count(_ program: String, _ kind: ShapeTrait.Kind, _ number: UInt64 = 1) {
    counts[ShapeTrait(program: program, kind: kind), default: 0] &+= number
  }
}

/// Something that a program does.
package struct ShapeTrait: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case process(ProcessEvent.Kind)
    case exit(ExitStatus)
    case calls
    case socket(Socket)
    /// Of messages; nil where it is not known.
    case destination(SocketAddress?)
    case flags(SendFlags)
    /// Of messages.
    case control(level: Int32, type: Int32)
    /// How many messages were asked for.
    case batch(UInt32)
    case outcome(Verdict.Outcome)
    case cause(Verdict.Cause, Errno?)
    /// Of messages.
    case followUp(FollowUp.How)
  }

  /// What kind of socket it is.
  package struct Socket: Hashable, Sendable {
    package var family: AddressFamily
    package var type: SocketType
    package var protocolNumber: Int32
    package var nonblocking: Bool

    /// As records have it; nil where a family has only one.
    package var protocolName: String? {
      SocketDescription.protocolName(protocolNumber, of: family)
    }

    init(_ socket: SocketDescription) {
      family = socket.family
      type = socket.type
      protocolNumber = socket.protocolNumber
      nonblocking = socket.nonblocking
    }
  }

  /// The process's name; empty where it is not known, and for the trace as a whole.
  package var program: String
  package var kind: Kind
}

extension SocketAddress {
  /// Without what the kernel chooses: such ports are 0, the names of sockets that bind themselves
  /// empty, and of the families whose addresses hold process and interface numbers only the family
  /// is left.
  func withoutChance(_ ports: ChosenPorts) -> SocketAddress {
    func kept(_ port: UInt16) -> UInt16 { ports.contains(port) ? 0 : port }
    let form: Form =
      switch form {
      case .inet(let address, let port): .inet(address: address, port: kept(port))
      case .inet6(let address, let port, _, _):
        .inet6(address: address, port: kept(port), flowInfo: 0, scope: 0)
      case .unix(.abstract(let name)) where Self.isAutobound(name): .unix(.abstract([]))
      case .unix: form
      case .fields, .undecoded: .undecoded
      }
    return SocketAddress(family: family, form: form, raw: nil)
  }

  /// Five hexadecimal digits (unix(7), autobind).
  private static func isAutobound(_ name: [UInt8]) -> Bool {
    name.count == 5
      && name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
