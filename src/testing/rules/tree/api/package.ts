import 'zustand'
