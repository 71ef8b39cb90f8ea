// Zooming and moving a map: by buttons, by + − 0 and the arrow keys, by dragging. Signs keep their size, and clusters
// open when there is room for what is in them. Without this the map stands still and everything on it is a link.

const STEP = 1.6;
const MOST = 20;
const ROOM = 22;
// Zoomed in so far, a cluster opens even when its signs touch.
const SURE = 12;

function enhance(figure) {
  const svg = figure.querySelector("svg");
  const buttons = figure.querySelector(".map-buttons");
  const whole = svg.viewBox.baseVal;
  const home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const state = { zoom: 1, x: home.x + home.width / 2, y: home.y + home.height / 2 };
  const places = [...svg.querySelectorAll(".at")].map((node) => ({ node, x: +node.dataset.x, y: +node.dataset.y }));
  const groups = [...svg.querySelectorAll(".group")];

  const draw = () => {
    const width = home.width / state.zoom;
    const height = home.height / state.zoom;
    state.x = Math.min(Math.max(state.x, home.x + width / 2), home.x + home.width - width / 2);
    state.y = Math.min(Math.max(state.y, home.y + height / 2), home.y + home.height - height / 2);
    svg.setAttribute("viewBox", `${state.x - width / 2} ${state.y - height / 2} ${width} ${height}`);
    const unit = width / (svg.getBoundingClientRect().width || width);
    for (const { node, x, y } of places) node.setAttribute("transform", `translate(${x} ${y}) scale(${unit})`);
    for (const group of groups) {
      const open = group.dataset.apart !== undefined && (state.zoom >= SURE || (group.dataset.apart > 0 && group.dataset.apart >= ROOM * unit));
      const focused = group.contains(document.activeElement);
      group.classList.toggle("open", open);
      // What is hidden loses the focus: it goes to what is shown in its stead.
      if (focused && !document.activeElement.checkVisibility()) {
        group.querySelector(open ? ".member" : ".cluster").focus({ preventScroll: true });
      }
    }
    figure.classList.toggle("near", state.zoom > 1);
    for (const button of buttons.querySelectorAll("button")) {
      const action = button.dataset.do;
      const idle = action === "in" ? state.zoom >= MOST : state.zoom <= 1;
      button.setAttribute("aria-disabled", String(idle));
    }
  };

  const zoom = (factor, at) => {
    const before = state.zoom;
    state.zoom = Math.min(Math.max(state.zoom * factor, 1), MOST);
    if (at) {
      // What is under the pointer stays there.
      const kept = before / state.zoom;
      state.x = at.x + (state.x - at.x) * kept;
      state.y = at.y + (state.y - at.y) * kept;
    }
    draw();
  };
  const move = (right, down) => {
    state.x += (right * home.width) / state.zoom / 5;
    state.y += (down * home.height) / state.zoom / 5;
    draw();
  };
  /** Return where the sign stands that has the focus, to zoom in on it. */
  const focus = () => {
    const place = svg.contains(document.activeElement) && document.activeElement.querySelector(".at");
    return place ? { x: +place.dataset.x, y: +place.dataset.y } : null;
  };
  const approach = () => {
    Object.assign(state, focus());
    zoom(STEP);
  };
  const actions = {
    in: approach,
    out: () => zoom(1 / STEP),
    left: () => move(-1, 0),
    right: () => move(1, 0),
    up: () => move(0, -1),
    down: () => move(0, 1),
    whole: () => zoom(1 / MOST),
  };
  const keys = {
    "+": "in", "=": "in", "-": "out", "−": "out", "0": "whole",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };
  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

  buttons.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) actions[button.dataset.do]();
  });
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    // At rest the arrow keys scroll the page, as everywhere.
    if (!action || (state.zoom <= 1 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    actions[action]();
  });
  svg.addEventListener("dblclick", (event) => {
    event.preventDefault();
    zoom(STEP, point(event));
  });
  svg.addEventListener("wheel", (event) => {
    // Without Ctrl the wheel scrolls the page.
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, point(event));
  }, { passive: false });

  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (state.zoom > 1 && event.button === 0) held = { x: event.clientX, y: event.clientY, moved: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [right, down] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(right, down) < 5) return;
    if (!held.moved) svg.setPointerCapture(event.pointerId);
    const unit = home.width / state.zoom / svg.getBoundingClientRect().width;
    held = { x: event.clientX, y: event.clientY, moved: true };
    figure.classList.add("moving");
    state.x -= right * unit;
    state.y -= down * unit;
    draw();
  });
  const release = () => {
    held = null;
    figure.classList.remove("moving");
  };
  svg.addEventListener("pointerup", (event) => {
    // A drag that ends on a link does not follow it.
    if (held?.moved) svg.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    setTimeout(release);
    event.stopPropagation();
  });
  svg.addEventListener("pointercancel", release);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  // On the figure: an SVG that listens to the focus takes it itself, in Chromium.
  figure.addEventListener("focusin", (event) => {
    // Whoever tabs to a sign out of sight is shown it.
    const place = svg.contains(event.target) && event.target.querySelector(".at");
    if (!place || state.zoom <= 1) return;
    const [x, y] = [+place.dataset.x, +place.dataset.y];
    const reach = 0.45 / state.zoom;
    if (Math.abs(x - state.x) > home.width * reach || Math.abs(y - state.y) > home.height * reach) {
      [state.x, state.y] = [x, y];
      draw();
    }
  });

  figure.classList.add("live");
  buttons.hidden = false;
  new ResizeObserver(draw).observe(svg);
  draw();
}

for (const figure of document.querySelectorAll("figure.map[data-zoom]")) enhance(figure);

// Whoever follows a sign to its list finds it unfolded: not every browser does that.
const unfold = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
addEventListener("hashchange", unfold);
unfold();
