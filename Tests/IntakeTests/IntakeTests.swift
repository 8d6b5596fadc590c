import IntakeServer
import Testing
