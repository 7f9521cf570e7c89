package model

import (
	"strconv"
	"strings"
)

// Commands about indicators.

// parseIOC parses "domain evil.example WHY", or "block 2 @14:05 WHERE".
func parseIOC(a *args) (Body, error) {
	typ := strings.ToLower(a.word())
	if typ == "block" {
		return a.iocBlocked()
	}
	a.as("type", CleanLine(typ))
	raw := a.word()
	if raw == "" {
		return nil, Refuse(Invalid,
			"give the type and the value: :ioc ip|domain|url|hash|mail|account VALUE [@TIME] [REASON]")
	}
	value, err := indicatorValue(typ, raw)
	if err != nil {
		return nil, err
	}
	a.as("value", Defanged(typ, value))
	if err := a.timed(false); err != nil {
		return nil, err
	}
	return &IOCAdded{Type: typ, Value: value, Key: a.Room.fingerprint("ioc", typ, value), Reason: a.reason()}, nil
}

func (a *args) iocBlocked() (Body, error) {
	n, err := a.number("indicator")
	if err != nil {
		return nil, err
	}
	i := a.Room.IndicatorN(n)
	if i == nil {
		return nil, noSuch("indicator", n, len(a.Room.Indicators), "this room has")
	}
	a.as("which is", i.Words())
	if err := a.timed(false); err != nil {
		return nil, err
	}
	return &IOCBlocked{Indicator: i.ID, N: n, Reason: a.reason()}, nil
}

func indicatorTypes(Ctx, []string) []option {
	out := from(IndicatorTypes, func(t string) (string, string) { return t, "" })
	return append(out, option{word: "block", help: Lit("record that an indicator was blocked")})
}

// unblocked lists the numbers of the indicators that are not blocked, after "block".
func unblocked(c Ctx, words []string) []option {
	var out []option
	for i := range c.Room.Indicators {
		if is := c.Room.Indicators[i]; words[1] == "block" && is.Blocked == nil {
			out = append(out, option{word: strconv.Itoa(is.N), help: is.Words()})
		}
	}
	return out
}
