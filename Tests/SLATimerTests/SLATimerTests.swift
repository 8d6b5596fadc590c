import SLATimerServer
import Testing
