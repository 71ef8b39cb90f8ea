import { element } from "./element.js";

/**
 * Return a list of tabs after the ARIA pattern (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/): arrow keys move and
 * select, Home and End go to the ends, Delete closes where `onClose` is given. `items` are `{id, name}`.
 */
export function tablist({ label, items, selected, panel, onSelect, onClose }) {
  const list = element("div", { role: "tablist", "aria-label": label, class: "tabs" });
  const choose = (index) => {
    const next = (index + items.length) % items.length;
    onSelect(items[next].id);
    document.getElementById(`tab-${items[next].id}`)?.focus();
  };
  items.forEach(({ id, name }, index) => {
    const isSelected = id === selected;
    list.append(
      element(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${id}`,
          "aria-selected": String(isSelected),
          "aria-controls": panel,
          tabindex: isSelected ? 0 : -1,
          click: () => choose(index),
          keydown: (event) => {
            const steps = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
            if (event.key in steps) choose(steps[event.key]);
            else if (event.key === "Delete" && onClose) onClose(id);
            else return;
            event.preventDefault();
          },
        },
        name,
      ),
    );
  });
  return list;
}
