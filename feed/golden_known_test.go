package feed_test

// scriptOf returns the script of a golden log.
func scriptOf(name string) []struct{ who, line string } {
	switch name {
	case "known1":
		return knownScript
	case "process1":
		return processScript
	}
	return goldenScript
}

// knownScript has an example of each kind about an attack.
var knownScript = []struct{ who, line string }{
	{"ana", ":asset credential AKIAIOSFODNN7EXAMPLE confirmed -30m seen in job 8841"},
	{"bo", ":asset host runner-7 suspected"},
	{"bo", ":asset 1 contained revoked at the provider"},
	{"bo", ":asset host runner-7 cleared it was reimaged"},
	{"cy", ":ioc ip 203.0.113.9 in the access log"},
	{"cy", ":ioc url hxxps://evil[.]example/drop"},
	{"cy", ":ioc hash d41d8cd98f00b204e9800998ecf8427e"},
	{"ana", ":ioc block 1 at the WAF"},
	{"cy", "?the runner is compromised"},
	{"ana", ":impact start 2 -10m builds stop"},
	{"ana", ":impact end 2 -5m on another runner"},
	{"ana", ":impact start"},
	{"bo", ":adv -40m read the bucket"},
	{"ana", ":drill on a game day"},
	{"ana", ":drill off an attacker was found"},
	{"bo", ":hyp <runner is> eliminated the image is whole"},
}

// processScript has an example of each kind about running the incident: asks, polls,
// command, cadence, drafted and approved updates, overrides by two people.
var processScript = []struct{ who, line string }{
	{"bo", ":takeover ic nobody leads"},
	{"ana", ":role scribe @bo"},
	{"bo", ":dual it is night"},
	{"ana", ":role deputy @cy"},
	{"bo", ":page security the key is used"},
	{"bo", ":paged security acknowledged eve"},
	{"bo", ":ask @cy 3m is the old key dead?"},
	{"bo", ":ask scribe 5m who writes to the vendor?"},
	{"cy", ":ack 1"},
	{"cy", ":answer 1 it gives 403"},
	{"bo", ":poll isolate the runner 2m executes @cy"},
	{"cy", ":object 1 it holds the only log"},
	{"", "+3"},
	{"bo", ":due 4 30m legal asks"},
	{"bo", ":block 4 legal sleeps"},
	{"bo", ":cadence update 30m the vendor works on it"},
	{"bo", ":update responders draft"},
	{"bo", ":exposure suspected gdpr mail addresses"},
	{"ana", ":right @cy write"},
	{"ana", ":role comms @cy"},
	{"cy", ":update customers draft"},
	{"cy", ":update customers we look into it | we told our provider"},
	{"bo", ":approve 2 read by legal"},
	{"bo", ":check 18 override the vendor patched it"},
	{"cy", ":confirm 18 I saw it"},
	{"ana", ":role sme @bo"},
	{"bo", ":check 23 it works"},
	{"bo", "TODO: typo"},
	{"bo", ":drop 1 mistyped"},
	{"bo", ":handoff ic @cy"},
	{"cy", ":accept ic"},
	{"", "+20"},
	{"cy", ":resolve override the vendor patched it"},
	{"cy", ":close override a scripted room"},
}
