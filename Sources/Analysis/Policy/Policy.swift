package import Records

/// What a program's use of the call is held to: rules, each of which holds or is broken.
package struct Policy: Sendable {
  package var rules: [PolicyRule]

  package init(rules: [PolicyRule]) { self.rules = rules }

  /// True where it is held to what programs do about messages that were left unsent.
  package var asksAboutRetries: Bool {
    rules.contains { rule in
      rule.cases.contains { applied in
        applied.limits.contains { $0.measure == .abandoned || $0.measure == .duplicates }
      }
    }
  }
}

/// One rule of a policy.
package struct PolicyRule: Sendable {
  package enum Severity: String, Sendable, CaseIterable {
    case error
    /// Reported, and breaks nothing.
    case warning
  }

  package var id: String
  /// What the author says of it; nil for nothing.
  package var message: String?
  /// The line of the policy it begins at, from 1.
  package var line: Int
  /// The destinations whose messages it is about; empty for all messages.
  package var destinations: [PolicyDestination]
  /// What it asks for: the first that takes in a program counts, and a program that none takes in
  /// is free. Overrides stand in front of what holds for all others.
  package var cases: [Case]

  /// What a rule asks of some programs.
  package struct Case: Sendable {
    /// Patterns of `comm`; empty for all programs.
    package var programs: [PolicyPattern<WildcardPattern>]
    package var severity: Severity
    /// Empty where these programs are exempt.
    package var limits: [PolicyLimit]
    package var demands: [PolicyDemand]

    package init(
      programs: [PolicyPattern<WildcardPattern>], severity: Severity, limits: [PolicyLimit],
      demands: [PolicyDemand]
    ) {
      self.programs = programs
      self.severity = severity
      self.limits = limits
      self.demands = demands
    }

    package var asksNothing: Bool { limits.isEmpty && demands.isEmpty }

    package func takesIn(_ program: String) -> Bool {
      programs.isEmpty || programs.contains { $0.value.matches(Array(program.utf8)) }
    }
  }

  package init(
    id: String, message: String?, line: Int, destinations: [PolicyDestination], cases: [Case]
  ) {
    self.id = id
    self.message = message
    self.line = line
    self.destinations = destinations
    self.cases = cases
  }
}

/// A value beside the text that it was written as.
package struct PolicyPattern<Value: Sendable>: Sendable {
  package var text: String
  package var value: Value

  package init(_ text: String, _ value: Value) {
    self.text = text
    self.value = value
  }
}

package typealias PolicyDestination = PolicyPattern<DestinationPattern>

/// The most or the least that a measure may come to.
package struct PolicyLimit: Sendable {
  package enum Bound: String, Sendable {
    case most = "max"
    case least = "min"
  }

  package var measure: PolicyMeasure
  package var bound: Bound
  package var amount: PolicyAmount

  package init(_ measure: PolicyMeasure, _ bound: Bound, _ amount: PolicyAmount) {
    self.measure = measure
    self.bound = bound
    self.amount = amount
  }

  package init(_ measure: PolicyMeasure, _ bound: Bound, _ value: Double) {
    self.init(measure, bound, PolicyAmount(value))
  }

  package func allows(_ number: Double) -> Bool {
    bound == .most ? number <= amount.value : number >= amount.value
  }

  /// What is measured: a share of a whole is known when the whole is.
  package var scope: PolicyMeasure.Scope { amount.isShare ? .distribution : measure.scope }

  /// `at most 2 ms`
  package var text: String {
    "at \(bound == .most ? "most" : "least") \(amount.text(as: measure.unit))"
  }
}

/// How much a limit allows.
package struct PolicyAmount: Sendable {
  /// In the measure's unit, or in percent.
  package var value: Double
  /// True where it is in percent of the measure's whole.
  package var isShare: Bool

  package init(_ value: Double, isShare: Bool = false) {
    self.value = value
    self.isShare = isShare
  }

  /// `12`, `1200 B`, `2.5 ms`, `1%`.
  package func text(as unit: PolicyMeasure.Unit) -> String {
    isShare ? "\(PolicyMeasure.Unit.plain(value, decimals: 3))%" : unit.text(value)
  }
}

/// What each message, or call, must or must not have.
package enum PolicyDemand: Sendable {
  /// It goes to one of these.
  case allowedDestinations([PolicyDestination])
  /// It goes to none of these.
  case deniedDestinations([PolicyDestination])
  /// No other flags than these.
  case allowedFlags(SendFlags)
  case deniedFlags(SendFlags)
  case requiredFlags(SendFlags)
  /// No other types of control message than these.
  case allowedControl([String])
  case deniedControl([String])
  /// Each message carries all of these.
  case requiredControl([String])
}
