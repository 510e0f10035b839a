// @ts-check
export default function () {
  return () => {};
}
