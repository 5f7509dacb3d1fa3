import{g as e}from"./chunk-RLH3V6A7.js";function f(){return e("h1",{children:"transfer"})}export{f as default};
