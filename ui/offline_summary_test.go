package ui_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/uitest"
)

func TestDisconnectedPeriod(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 150, 30)
	s.See("runner isolated")
	from := h.Clock.Now()
	h.SetLink(model.Link{State: model.Offline, Since: from})
	s.See("OFFLINE").Line("nobody hears me").Line("me neither").See("me neither")
	mustType(t, h, short, "ana !we go on", "cy it went on")
	h.Clock.Add(17 * time.Minute)
	h.SetLink(model.Link{State: model.Live, Since: h.Clock.Now()})
	s.See("offline "+from.Format("15:04")+"-"+h.Clock.Now().Format("15:04")+"; 2 new since",
		"1 decision; 2 of yours stored")
	if strings.Contains(s.Text(), "overtaken") {
		t.Error("something was overtaken")
	}
}

func TestOvertaken(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "cy", 150, 30)
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE").Line(":check 5").See("pending")
	mustType(t, h, short, "ana :check 5")
	h.SetLink(model.Link{State: model.Live, Since: h.Clock.Now()})
	s.See("offline ", "overtaken: item 5 is already done, by ana")
}

func TestShortDisconnectIsNotShown(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 120, 30)
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE")
	h.SetLink(model.Link{State: model.Live, Since: h.Clock.Now()})
	if strings.Contains(s.Gone("OFFLINE").Text(), "apart") {
		t.Error(s.Text())
	}
}
